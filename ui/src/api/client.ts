import createClient from "openapi-fetch";
import { refusalOf } from "./answer";
import type { paths } from "./contract";
import type { Versioned } from "../shared/versioned";
import { origin, session } from "./session";

export type { Versioned } from "../shared/versioned";

/** Asks the API; every path, value and answer is checked against the contract. */
export const client = createClient<paths>({
  baseUrl: origin(),
  headers: { accept: "application/json" },
  fetch: (request) => session.send(request),
});

/** The content of an answer; a refusal is thrown as a `Problem`. */
export async function content<Data>(
  answer: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<NonNullable<Data>> {
  const { data, error, response } = await answer;
  if (!response.ok || data === undefined || data === null) throw refusalOf(response, error);
  return data;
}

/** Waits for an answer that has no content; a refusal is thrown as a `Problem`. */
export async function done(answer: Promise<{ error?: unknown; response: Response }>): Promise<void> {
  const { error, response } = await answer;
  if (!response.ok) throw refusalOf(response, error);
}

/** The content of an answer with its version; a refusal is thrown as a `Problem`. */
export async function versioned<Data>(
  answer: Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Versioned<NonNullable<Data>>> {
  const body = await content(answer);
  return { body, version: (await answer).response.headers.get("etag") };
}

/** The headers of a write to what was read in that version. */
export const ifMatch = (version: string | null): Record<string, string> =>
  version === null ? {} : { "if-match": version };
