/** The operators of JSONLogic that work on values alone, as the gates' own engine takes them. */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What can't be worked out. */
export class LogicError extends Error {}

/** An operator: the values of its parts, and the parts as they were written. */
export type Eager = (values: Json[], parts: Json[]) => Json;

export function truthy(value: Json): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (typeof value === "object" && value !== null) return Object.keys(value).length > 0;
  return Boolean(value);
}

export function listOf(value: Json): Json[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new LogicError("not a list");
  return value;
}

export const isWhole = (value: Json | undefined): value is number => Number.isInteger(value);

const NUMERAL = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const BOUNDLESS = /^([+-]?)inf(inity)?$/i;

/** The number that a text is; null where it is none. Blanks belong to no number. */
function numeral(text: string): number | null {
  if (NUMERAL.test(text)) return Number(text);
  if (/^[+-]?nan$/i.test(text)) return Number.NaN;
  const [, sign] = BOUNDLESS.exec(text) ?? [];
  return sign === undefined ? null : Number(`${sign}Infinity`);
}

/** A value as a number; null where it can't be taken for one. Nothing at all is 0. */
function numberIn(value: Json): number | null {
  if (typeof value === "number") return value;
  if (typeof value === "string") return value === "" ? 0 : numeral(value);
  if (typeof value === "boolean") return Number(value);
  return value === null ? 0 : null;
}

function number(value: Json | undefined): number {
  const read = numberIn(value ?? null);
  if (read === null) throw new LogicError("not a number");
  return read;
}

const isCollection = (value: Json) => typeof value === "object" && value !== null;

/** By code points, as UTF-8 stands in order. */
function compareTexts(a: string, b: string): number {
  const [left, right] = [[...a], [...b]];
  for (let at = 0; at < Math.min(left.length, right.length); at += 1) {
    const difference = (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? 0);
    if (difference !== 0) return difference;
  }
  return left.length - right.length;
}

/** Whether every neighbour is in order: `<` of three is a range. */
const ordered =
  (holds: (a: number, b: number) => boolean): Eager =>
  (values) => {
    if (values.length < 2) throw new LogicError("nothing to compare");
    return values.slice(1).every((value, at) => inOrder(values[at] ?? null, value, holds));
  };

function inOrder(a: Json, b: Json, holds: (a: number, b: number) => boolean): boolean {
  // Times such as 2026-11-21T18:30 stand in order as texts.
  if (typeof a === "string" && typeof b === "string") return holds(compareTexts(a, b), 0);
  if (isCollection(a) || isCollection(b)) throw new LogicError("not in any order");
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== null && right !== null) return holds(left, right);
  if (typeof a === "number" || typeof b === "number") throw new LogicError("not a number");
  return false;
}

/** Equal where values may be written differently; what can't be compared ends the work. */
function alike(a: Json, b: Json): boolean {
  if (isCollection(a) || isCollection(b)) {
    if (Array.isArray(a) && Array.isArray(b) && same(a, b)) return true;
    if (isCollection(a) && isCollection(b) && !Array.isArray(a) && !Array.isArray(b)) return false;
    throw new LogicError("not to be compared");
  }
  if (typeof a === "string" && typeof b !== "string") return alike(b, a);
  if (typeof b !== "string" || typeof a === "string") {
    return a === b || (typeof a !== "string" && typeof b !== "string" && number(a) === number(b));
  }
  if (a === null) return b === "";
  if (typeof a === "boolean") return b === String(a);
  const read = numeral(b);
  if (read === null) throw new LogicError("not a number");
  return read === a;
}

/** Equal as they are written. */
function same(a: Json, b: Json): boolean {
  if (!isCollection(a) || !isCollection(b)) return a === b;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const [left, right] = [Object.entries(a as object), Object.entries(b as object)] as [string, Json][][];
  return (
    left?.length === right?.length &&
    (left ?? []).every(([name, value]) => Object.hasOwn(b as object, name) && same(value, (b as Record<string, Json>)[name] ?? null))
  );
}

const equal =
  (test: (a: Json, b: Json) => boolean): Eager =>
  (values) => {
    if (values.length < 2) throw new LogicError("nothing to compare");
    return values.slice(1).every((value, at) => test(values[at] ?? null, value));
  };

/** Of more than two, only the first two are compared. */
const unlike =
  (test: (a: Json, b: Json) => boolean): Eager =>
  ([a, b]) => {
    if (a === undefined || b === undefined) throw new LogicError("nothing to compare");
    return !test(a, b);
  };

/** The values of a lone part that gives a list; a list that is written there is none. */
function spread(values: Json[], parts: Json[], written = false): Json[] {
  const [only] = values;
  if (values.length !== 1 || !Array.isArray(only)) return values;
  if (!written && Array.isArray(parts[0])) throw new LogicError("a list is no number");
  return only;
}

const folded =
  (start: number, step: (sum: number, value: number) => number): Eager =>
  (values, parts) =>
    spread(values, parts).reduce<number>((sum, value) => step(sum, number(value)), start);

/** Division by a zero: of whole numbers it fails, otherwise it ends at the bounds of what is counted. */
function byZero(dividend: number, first: Json, divisor: Json): number {
  if (isWhole(first) && isWhole(divisor)) throw new LogicError("a division by zero");
  return dividend === 0 ? 0 : Math.sign(dividend) * Number.MAX_VALUE;
}

const divided =
  (step: (a: number, b: number) => number, least: number): Eager =>
  (given, parts) => {
    const values = spread(given, parts, true);
    if (given.length === 1 && values === given) {
      const only = number(given[0]);
      if (least > 1 || only === 0) throw new LogicError("not to be divided");
      return step(1, only);
    }
    if (values.length < least) throw new LogicError("not so many parts");
    let result = number(values[0]);
    for (const [at, value] of values.slice(1).entries()) {
      const divisor = number(value);
      if (divisor === 0) return byZero(result, at === 0 ? (values[0] ?? null) : null, value);
      result = step(result, divisor);
    }
    return result;
  };

const outermost =
  (better: (a: number, b: number) => boolean): Eager =>
  (given, parts) => {
    const values = spread(given, parts);
    const [first] = values;
    if (first === undefined || !values.every((value) => typeof value === "number")) throw new LogicError("not numbers");
    return values.reduce((best, value) => (better(value, best) ? value : best), first as number);
  };

function textOf(value: Json): string {
  if (value === null) return "";
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

export const EAGER: Readonly<Partial<Record<string, Eager>>> = {
  "==": equal(alike),
  "!=": unlike(alike),
  "===": equal(same),
  "!==": unlike(same),
  "!": ([a = null]) => !truthy(a),
  "!!": ([a = null]) => truthy(a),
  "<": ordered((a, b) => a < b),
  "<=": ordered((a, b) => a <= b),
  ">": ordered((a, b) => a > b),
  ">=": ordered((a, b) => a >= b),
  "+": folded(0, (sum, value) => sum + value),
  "*": folded(1, (product, value) => product * value),
  "-"(given, parts) {
    const values = spread(given, parts, true);
    const [first, ...rest] = values.map(number);
    if (first === undefined) throw new LogicError("nothing to take from");
    return given.length === 1 && values === given ? -first : rest.reduce((left, value) => left - value, first);
  },
  "/": divided((a, b) => a / b, 1),
  "%": divided((a, b) => a % b, 2),
  max: outermost((a, b) => a > b),
  min: outermost((a, b) => a < b),
  merge: (values) => values.flat().filter((value) => value !== null),
  cat: (values) => values.flat().map(textOf).join(""),
  in([a, b]) {
    if (a === undefined || b === undefined) return false;
    if (typeof b === "string") return typeof a === "string" && b.includes(a);
    return Array.isArray(b) && b.some((value) => same(value, a));
  },
  substr([text, from, length]) {
    const letters = [...textOf(text ?? null)];
    const start = isWhole(from) ? from : 0;
    const rest = letters.slice(start < 0 ? Math.max(0, letters.length + start) : start);
    if (!isWhole(length)) return rest.join("");
    return rest.slice(0, length < 0 ? Math.max(0, rest.length + length) : length).join("");
  },
};
