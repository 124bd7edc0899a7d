/**
 * JSONLogic (jsonlogic.com), worked out strictly: an operator that is unknown, a fact that nobody
 * here knows, and a number that is none end the work. Whoever asks takes that for a refusal.
 */

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

/** What can't be worked out. */
export class LogicError extends Error {}

/** What a rule sees. */
export interface Facts {
  known: { [name: string]: Json };
  /** Paths of what is not known here at all, which is not the same as being empty. */
  unknown: readonly string[];
}

interface Scope {
  data: Json;
  /** Absent within a list, where paths name the element. */
  unknown: readonly string[];
}

/** The deepest rule. */
const DEEPEST = 100;

export function workOut(logic: Json, { known, unknown }: Facts): Json {
  return apply(logic, { data: known, unknown }, 0);
}

const truthy = (value: Json) => (Array.isArray(value) ? value.length > 0 : Boolean(value));

function apply(logic: Json, scope: Scope, depth: number): Json {
  if (depth > DEEPEST) throw new LogicError("too deep");
  if (Array.isArray(logic)) return logic.map((part) => apply(part, scope, depth + 1));
  if (typeof logic !== "object" || logic === null) return logic;
  const [entry, ...more] = Object.entries(logic);
  if (entry === undefined || more.length > 0) throw new LogicError("not one operator");
  const [name, given] = entry;
  const parts = Array.isArray(given) ? given : [given];
  const read = (part: Json | undefined) => apply(part ?? null, scope, depth + 1);
  const lazy = LAZY[name];
  if (lazy !== undefined) return lazy(parts, read, scope, depth + 1);
  const eager = EAGER[name];
  if (eager === undefined) throw new LogicError(`unknown operator ${name}`);
  return eager(...parts.map(read));
}

type Lazy = (parts: Json[], read: (part: Json | undefined) => Json, scope: Scope, depth: number) => Json;

function listOf(value: Json): Json[] {
  if (value === null) return [];
  if (!Array.isArray(value)) throw new LogicError("not a list");
  return value;
}

const each = (element: Json): Scope => ({ data: element, unknown: [] });

const LAZY: Readonly<Partial<Record<string, Lazy>>> = {
  if: chosen,
  "?:": chosen,
  and(parts, read) {
    let value: Json = false;
    for (const part of parts) if (!truthy((value = read(part)))) break;
    return value;
  },
  or(parts, read) {
    let value: Json = false;
    for (const part of parts) if (truthy((value = read(part)))) break;
    return value;
  },
  var(parts, read, scope) {
    const path = read(parts[0]);
    if (path === null || path === "") {
      if (scope.unknown.length > 0) throw new LogicError("not everything is known here");
      return scope.data;
    }
    if (typeof path !== "string" && typeof path !== "number") throw new LogicError("not a path");
    return find(scope, String(path)) ?? read(parts[1]);
  },
  missing(parts, read, scope) {
    const names = parts.flatMap((part) => read(part));
    return names.filter((name) => {
      const found = find(scope, String(name));
      return found === null || found === "";
    });
  },
  missing_some(parts, read, scope) {
    const names = listOf(read(parts[1]));
    const missing = names.filter((name) => (find(scope, String(name)) ?? "") === "");
    return names.length - missing.length >= number(read(parts[0])) ? [] : missing;
  },
  filter: ([list, test], read, _, depth) =>
    listOf(read(list)).filter((element) => truthy(apply(test ?? null, each(element), depth))),
  map: ([list, made], read, _, depth) =>
    listOf(read(list)).map((element) => apply(made ?? null, each(element), depth)),
  all([list, test], read, _, depth) {
    const elements = listOf(read(list));
    return elements.length > 0 && elements.every((element) => truthy(apply(test ?? null, each(element), depth)));
  },
  some: ([list, test], read, _, depth) =>
    listOf(read(list)).some((element) => truthy(apply(test ?? null, each(element), depth))),
  none: ([list, test], read, _, depth) =>
    !listOf(read(list)).some((element) => truthy(apply(test ?? null, each(element), depth))),
  reduce: ([list, step, start], read, _, depth) =>
    listOf(read(list)).reduce<Json>(
      (accumulator, current) => apply(step ?? null, each({ current, accumulator }), depth),
      read(start),
    ),
};

function chosen(parts: Json[], read: (part: Json | undefined) => Json): Json {
  for (let at = 0; at + 1 < parts.length; at += 2) {
    if (truthy(read(parts[at]))) return read(parts[at + 1]);
  }
  return parts.length % 2 === 1 ? read(parts.at(-1)) : null;
}

/** What a path leads to; throws where it leads to, or holds, what nobody here knows. */
function find({ data, unknown }: Scope, path: string): Json {
  const beyond = unknown.some(
    (name) => path === name || path.startsWith(`${name}.`) || name.startsWith(`${path}.`),
  );
  if (beyond) throw new LogicError(`nobody here knows ${path}`);
  return follow(data, path);
}

/** What a path of names leads to; null where it leads nowhere. */
function follow(data: Json, path: string): Json {
  let found: Json = data;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return null;
    found = (found as Record<string, Json>)[name] ?? null;
  }
  return found;
}

function number(value: Json | undefined): number {
  const read = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  if (typeof read === "boolean") return Number(read);
  if (read === null) return 0;
  if (typeof read !== "number" || !Number.isFinite(read)) throw new LogicError("not a number");
  return read;
}

/** Whether every neighbour is in order: `<` of three is a range. */
function ordered(values: Json[], holds: (a: number, b: number) => boolean, words: (a: string, b: string) => boolean): boolean {
  if (values.length < 2) throw new LogicError("nothing to compare");
  return values.slice(1).every((value, at) => {
    const before = values[at] ?? null;
    // Times such as 2026-11-21T18:30 stand in order as words.
    if (typeof before === "string" && typeof value === "string") return words(before, value);
    return holds(number(before), number(value));
  });
}

/** Equal as JavaScript takes values that may be written differently; lists and objects are never equal. */
function alike(a: Json, b: Json): boolean {
  if (a === null || b === null) return a === b;
  if (typeof a === typeof b) return typeof a !== "object" && a === b;
  if (typeof a === "object" || typeof b === "object") return false;
  return Number(a) === Number(b);
}

const same = (a: Json, b: Json) => typeof a !== "object" || a === null ? a === b : false;

const EAGER: Readonly<Partial<Record<string, (...values: Json[]) => Json>>> = {
  "==": (a = null, b = null) => alike(a, b),
  "!=": (a = null, b = null) => !alike(a, b),
  "===": (a = null, b = null) => same(a, b),
  "!==": (a = null, b = null) => !same(a, b),
  "!": (a = null) => !truthy(a),
  "!!": (a = null) => truthy(a),
  "<": (...values) => ordered(values, (a, b) => a < b, (a, b) => a < b),
  "<=": (...values) => ordered(values, (a, b) => a <= b, (a, b) => a <= b),
  ">": (...values) => ordered(values, (a, b) => a > b, (a, b) => a > b),
  ">=": (...values) => ordered(values, (a, b) => a >= b, (a, b) => a >= b),
  "+": (...values) => values.reduce<number>((sum, value) => sum + number(value), 0),
  "*": (...values) => values.reduce<number>((product, value) => product * number(value), 1),
  "-": (a = null, b) => (b === undefined ? -number(a) : number(a) - number(b)),
  "/": (a = null, b = null) => number(number(a) / number(b)),
  "%": (a = null, b = null) => number(number(a) % number(b)),
  max: (...values) => number(Math.max(...values.map(number))),
  min: (...values) => number(Math.min(...values.map(number))),
  merge: (...values) => values.flat(),
  cat: (...values) => values.map(String).join(""),
  in(a = null, b = null) {
    if (typeof b === "string") return typeof a === "string" && b.includes(a);
    return listOf(b).some((value) => same(a, value));
  },
  substr(text = null, from = null, length) {
    const whole = String(text);
    const start = whole.slice(number(from));
    if (length === undefined) return start;
    return number(length) < 0 ? start.slice(0, number(length)) : start.slice(0, number(length));
  },
};
