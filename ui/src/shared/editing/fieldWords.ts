import { Problem } from "../problem";

/** What a field was refused for; the API may name it within what it belongs to. */
export function problemOf(error: unknown, field: string) {
  if (!(error instanceof Problem)) return undefined;
  return error.fields.find((one) => one.field === field || one.field.endsWith(`.${field}`));
}

/** All names by which the API may call these fields. */
export const callings = (fields: readonly string[]): string[] =>
  fields.flatMap((field) => [field, `.${field}`, `session.${field}`, `ticket_type.${field}`]);

/** Fields of a form that the API knows by other names. */
const TOLD_IN: Record<string, readonly string[]> = {
  price: ["price_minor"],
  day: ["starts", "ends", "doors", "title"],
};

/** A refusal without what it said of fields that were changed since. */
export function withoutFields(error: unknown, changed: readonly string[]): unknown {
  if (!(error instanceof Problem) || error.fields.length === 0) return error;
  const names = changed.flatMap((key) => TOLD_IN[key] ?? [key]);
  const errors = error.fields.filter(
    ({ field }) => !names.some((name) => field === name || field.startsWith(`${name}.`) || field.endsWith(`.${name}`)),
  );
  if (errors.length === 0) return null;
  const { code, message: detail, status } = error;
  return new Problem({ code, detail, status, errors });
}
