import { Problem } from "../../../shared/problem";

/** What a field was refused for; the API may name it within what it belongs to. */
export function problemOf(error: unknown, field: string) {
  if (!(error instanceof Problem)) return undefined;
  return error.fields.find((one) => one.field === field || one.field.endsWith(`.${field}`));
}

/** All names by which the API may call these fields. */
export const callings = (fields: readonly string[]): string[] =>
  fields.flatMap((field) => [field, `.${field}`, `session.${field}`, `ticket_type.${field}`]);
