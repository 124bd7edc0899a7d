/** Letters that are read from the right, and the marks that turn text (UAX #9). */
const TURNING =
  /[\p{Script=Arabic}\p{Script=Hebrew}\p{Script=Syriac}\p{Script=Thaana}\p{Script=Nko}\p{Script=Adlam}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u;

const FIRST_STRONG_ISOLATE = "\u2068";
const POP_ISOLATE = "\u2069";
const ISOLATES = /[\u2066-\u2069]/g;

/** A value as a part of a sentence that keeps its own direction, whatever the value holds. */
export function isolate(value: string): string {
  if (!TURNING.test(value)) return value;
  // An isolate that the value itself ends would let out what follows.
  return FIRST_STRONG_ISOLATE + value.replace(ISOLATES, "") + POP_ISOLATE;
}

/** Values in a row, each in its own direction; what is blank is left out. */
export function joined(values: readonly (string | null | undefined | false)[], between: string): string {
  return values
    .filter((value): value is string => typeof value === "string" && value !== "")
    .map(isolate)
    .join(between);
}
