import createClient from "openapi-fetch";
import { refusalOf } from "./answer";
import type { paths } from "./contract";
import { origin, session } from "./session";

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
