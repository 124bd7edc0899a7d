import { platform } from "../platform";
import { refusalOf } from "./answer";
import { client, content, done } from "./client";
import type { components } from "./contract";
import { origin, session } from "./session";

type Shapes = components["schemas"];

export type Choices = Shapes["Choices"];
export type ListField = Shapes["ListField"];
export type ListAnswer = Shapes["ListAnswer"];
export type ImportReport = Shapes["ImportReport"];
export type Imported = Shapes["Imported"];
export type RowError = Shapes["RowError"];

/** Sends a list and tells what importing it would do; `sent` hears which share of it has left. */
export async function sendList(
  event: string,
  file: File,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<ListAnswer> {
  const address = `${origin()}/api/events/${event}/imports?name=${encodeURIComponent(file.name)}`;
  const headers = { "content-type": "application/octet-stream", accept: "application/json" };
  const answer = await session.send(new Request(address, { method: "POST", headers, signal }), (request) =>
    platform().upload(request, file, sent),
  );
  const text = await answer.text();
  let body: unknown = text;
  try {
    body = JSON.parse(text);
  } catch {
    // No JSON, such as from a proxy: the status tells enough.
  }
  if (!answer.ok) throw refusalOf(answer, body);
  return body as ListAnswer;
}

/** Looks at a list that waits once more, with other choices. */
export function lookAgain(list: string, body: Choices): Promise<ListAnswer> {
  return content(client.PUT("/api/imports/{id}", { params: { path: { id: list } }, body }));
}

export function acceptList(list: string): Promise<Imported> {
  return content(client.POST("/api/imports/{id}/accept", { params: { path: { id: list } } }));
}

/** Lets a list go that nobody will accept. */
export function forgetList(list: string): Promise<void> {
  return done(client.DELETE("/api/imports/{id}", { params: { path: { id: list } } }));
}
