import { platform } from "../platform";
import { refusalOf } from "./answer";
import { origin, session } from "./session";

/** How a file travels, and who hears of it. */
export interface Sent {
  /** What it is, such as `image/png`; bytes of whatever kind when left out. */
  type?: string;
  /** Hears which share of it has left, from 0 to 1. */
  sent?(share: number): void;
  signal?: AbortSignal;
}

/** Sends a file as the body of a request; what it is answered with. A refusal is thrown as a `Problem`. */
export async function sendFile(
  method: "POST" | "PUT",
  path: string,
  file: Blob,
  { type = "application/octet-stream", sent = () => undefined, signal }: Sent = {},
): Promise<unknown> {
  const headers = { "content-type": type, accept: "application/json" };
  const request = new Request(origin() + path, { method, headers, signal: signal ?? null });
  const answer = await session.send(request, (ready) => platform().upload(ready, file, sent));
  const text = await answer.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // No JSON, such as from a proxy: the status tells enough.
  }
  if (!answer.ok) throw refusalOf(answer, body);
  return body;
}
