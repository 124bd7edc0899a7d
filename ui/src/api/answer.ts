import { Problem, type ProblemBody } from "../shared/problem";

const isProblemBody = (body: unknown): body is ProblemBody =>
  typeof body === "object" && body !== null && "code" in body && "detail" in body;

/** The refusal that an answer other than success tells. */
export function refusalOf(response: Response, body: unknown): Problem {
  if (isProblemBody(body)) return new Problem(body);
  return new Problem({
    code: "unexpected_answer",
    detail: `${response.status} ${response.statusText}`.trim(),
    status: response.status,
  });
}

/** What the shell refused, as it refuses: with problem details, or with a line of text. */
export const refusalOfShell = (error: unknown): unknown =>
  isProblemBody(error) ? new Problem(error) : error;

/** Nobody answered. */
export function silence(error: unknown): Problem {
  return new Problem({ code: "unreachable", detail: String(error), status: 0 });
}
