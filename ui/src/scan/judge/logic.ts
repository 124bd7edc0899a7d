/**
 * JSONLogic (jsonlogic.com), worked out as the gates' own engine does it, value by value: the table
 * `cases/rules.json` is written by that engine. What it can't work out ends the work here too, and
 * whoever asks takes that for a refusal.
 */
import { type Eager, EAGER, isWhole, type Json, listOf, LogicError, truthy } from "./operators";

export { type Json, LogicError } from "./operators";

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

/** What a rule gives; throws `LogicError` where it can't be worked out. */
export function workOut(logic: Json, { known, unknown }: Facts): Json {
  if (!isReadable(logic)) throw new LogicError("an operator is unknown");
  return apply(logic, { data: known, unknown }, 0);
}

/** The one operator of an operation and its parts; null for a plain value. */
function operationOf(logic: Json): { name: string; given: Json } | null {
  if (typeof logic !== "object" || logic === null || Array.isArray(logic)) return null;
  const [entry, ...more] = Object.entries(logic);
  if (entry === undefined || more.length > 0) throw new LogicError("not one operator");
  return { name: entry[0], given: entry[1] };
}

/** Whether every operator is known, also where it is not reached. */
function isReadable(logic: Json, depth = 0): boolean {
  if (depth > DEEPEST) return false;
  if (Array.isArray(logic)) return logic.every((part) => isReadable(part, depth + 1));
  const operation = operationOf(logic);
  if (operation === null) return true;
  const { name, given } = operation;
  return (Object.hasOwn(LAZY, name) || Object.hasOwn(EAGER, name)) && isReadable(given, depth + 1);
}

/** Whether a rule can only be worked out elsewhere: it looks out of a list, at what is around it. */
export function isBeyond(logic: Json): boolean {
  if (Array.isArray(logic)) return logic.some(isBeyond);
  if (typeof logic !== "object" || logic === null) return false;
  return Object.entries(logic).some(
    ([name, given]) =>
      name === "val" || (name === "var" && Array.isArray(given) && Array.isArray(given[0])) || isBeyond(given),
  );
}

function apply(logic: Json, scope: Scope, depth: number): Json {
  if (depth > DEEPEST) throw new LogicError("too deep");
  if (Array.isArray(logic)) return logic.map((part) => apply(part, scope, depth + 1));
  const operation = operationOf(logic);
  if (operation === null) return logic;
  const { name, given } = operation;
  const parts = Array.isArray(given) ? given : [given];
  const read = (part: Json | undefined) => apply(part ?? null, scope, depth + 1);
  const lazy = LAZY[name];
  if (lazy !== undefined) return lazy(parts, read, scope, depth + 1, Array.isArray(given));
  const eager: Eager | undefined = EAGER[name];
  if (eager === undefined) throw new LogicError(`unknown operator ${name}`);
  return eager(parts.map(read), parts);
}

type Lazy = (
  parts: Json[],
  read: (part: Json | undefined) => Json,
  scope: Scope,
  depth: number,
  /** Whether the parts came as a list. */
  listed: boolean,
) => Json;

const each = (element: Json): Scope => ({ data: element, unknown: [] });

function need(holds: boolean): void {
  if (!holds) throw new LogicError("not so many parts");
}

/** What a list, the values of an object, or a lone value give, one after the other. */
function elementsOf(value: Json): Json[] {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return Object.values(value);
  return listOf(value);
}

/** Whether a test holds for some or all of a list; of what is no list it holds for none. */
function holdsFor(how: "some" | "every", parts: Json[], read: (part: Json | undefined) => Json, depth: number): boolean {
  need(parts.length === 2);
  const list = read(parts[0]);
  if (typeof list !== "object" || list === null) return false;
  const elements = elementsOf(list);
  const test = (element: Json) => truthy(apply(parts[1] ?? null, each(element), depth));
  return elements.length > 0 && elements[how](test);
}

const LAZY: Readonly<Partial<Record<string, Lazy>>> = {
  if: chosen,
  "?:": chosen,
  and(parts, read, _, __, listed) {
    need(listed);
    let value: Json = null;
    for (const part of parts) if (!truthy((value = read(part)))) break;
    return value;
  },
  or(parts, read, _, __, listed) {
    need(listed);
    let value: Json = null;
    for (const part of parts) if (truthy((value = read(part)))) break;
    return value;
  },
  var(parts, read, scope) {
    const path = read(parts[0]);
    if (path === null || path === "") {
      if (scope.unknown.length > 0) throw new LogicError("not everything is known here");
      return scope.data;
    }
    if (typeof path === "object") throw new LogicError("not a path");
    const found = find(scope, String(path));
    return found === undefined ? read(parts[1]) : found;
  },
  missing(parts, read, scope) {
    const names = parts.flatMap((part) => read(part));
    return names.filter((name) => typeof name === "string" && find(scope, name) === undefined);
  },
  missing_some(parts, read, scope) {
    if (parts.length < 2) return [];
    const [least, given] = parts.map((part) => read(part));
    const names = Array.isArray(given) ? given.filter((name) => typeof name === "string") : [];
    const missing = names.filter((name) => find(scope, name) === undefined);
    const enough = isWhole(least) ? Math.max(0, least) : 1;
    return names.length - missing.length >= enough ? [] : missing;
  },
  filter(parts, read, _, depth) {
    need(parts.length === 2);
    const list = read(parts[0]);
    const holds = (element: Json) => truthy(apply(parts[1] ?? null, each(element), depth));
    if (typeof list !== "object" || list === null || Array.isArray(list)) return listOf(list).filter(holds);
    return Object.fromEntries(Object.entries(list).filter(([, value]) => holds(value)));
  },
  map(parts, read, _, depth) {
    need(parts.length === 2);
    const list = read(parts[0]);
    const elements = typeof list === "object" ? elementsOf(list) : [list];
    return elements.map((element) => apply(parts[1] ?? null, each(element), depth));
  },
  all: (parts, read, _, depth) => holdsFor("every", parts, read, depth),
  some: (parts, read, _, depth) => holdsFor("some", parts, read, depth),
  none: (parts, read, _, depth) => !holdsFor("some", parts, read, depth),
  reduce(parts, read, _, depth) {
    need(parts.length === 2 || parts.length === 3);
    const start = read(parts[2]);
    const list = read(parts[0]);
    const elements = typeof list === "object" ? elementsOf(list) : [];
    return elements.reduce<Json>(
      (accumulator, current) => apply(parts[1] ?? null, each({ current, accumulator }), depth),
      start,
    );
  },
};

function chosen(parts: Json[], read: (part: Json | undefined) => Json, _: Scope, __: number, listed: boolean): Json {
  need(listed);
  for (let at = 0; at + 1 < parts.length; at += 2) {
    if (truthy(read(parts[at]))) return read(parts[at + 1]);
  }
  return parts.length % 2 === 1 ? read(parts.at(-1)) : null;
}

/** What a path leads to, undefined where it leads nowhere; throws where it leads to, or holds, what nobody here knows. */
function find({ data, unknown }: Scope, path: string): Json | undefined {
  const beyond = unknown.some(
    (name) => path === name || path.startsWith(`${name}.`) || name.startsWith(`${path}.`),
  );
  if (beyond) throw new LogicError(`nobody here knows ${path}`);
  let found: Json = data;
  for (const name of path.split(".")) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return undefined;
    if (Array.isArray(found) && !/^\d+$/.test(name)) return undefined;
    found = (found as Record<string, Json>)[name] ?? null;
  }
  return found;
}
