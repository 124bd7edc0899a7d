/** Sentences as JSONLogic (jsonlogic.com), and back. */
import {
  CUSTOM,
  GUEST_FIELDS,
  type Limit,
  PLACE_FACTS,
  type Sentence,
  type Where,
  type Who,
} from "./sentence";

const fact = (name: string) => ({ var: name });
const minute = fact("minute");

const among = (name: string, values: readonly unknown[]) => ({ in: [fact(name), [...values]] });

/** Holds too where nobody came or went before. */
const sinceOrNever = (name: string, comparison: unknown) => ({
  or: [{ "===": [fact(name), null] }, comparison],
});

function writeLimit(limit: Limit): unknown {
  switch (limit.kind) {
    case "weekdays":
      return among("weekday", limit.days);
    case "hours":
      return limit.from <= limit.until
        ? { "<=": [limit.from, minute, limit.until - 1] }
        : { or: [{ ">=": [minute, limit.from] }, { "<": [minute, limit.until] }] };
    case "total":
      return { "<": [fact("entries.total"), limit.most] };
    case "today":
      return { "<": [fact("entries.today"), limit.most] };
    case "days":
      // Another entry on a day that counts already counts no further day.
      return { or: [{ ">": [fact("entries.today"), 0] }, { "<": [fact("entries.days"), limit.most] }] };
    case "within": {
      const recent = { filter: [fact("entries.list"), { "<": [fact("minutes_ago"), limit.minutes] }] };
      return { "<": [{ reduce: [recent, { "+": [fact("accumulator"), 1] }, 0] }, limit.most] };
    }
    case "wait": {
      const since = `since_last_${limit.since}`;
      return sinceOrNever(since, { ">=": [fact(since), limit.minutes] });
    }
    case "stay":
      return sinceOrNever("since_first_entry", { "<=": [fact("since_first_entry"), limit.minutes] });
  }
}

function writeWho({ fact: name, is, values }: Who): unknown {
  return is ? among(name, values) : { "!": [among(name, values)] };
}

const all = (parts: readonly unknown[]): unknown => {
  if (parts.length === 0) return true;
  return parts.length === 1 ? parts[0] : { and: [...parts] };
};

/** The sentence as JSONLogic: `true` for those whom it does not mean. */
export function writeLogic({ who, where, limits }: Sentence): unknown {
  const places = PLACE_FACTS.filter((name) => where[name].length > 0);
  const meant = [...who.map(writeWho), ...places.map((name) => among(name, where[name]))];
  const held = limits === "never" ? false : all(limits.map(writeLimit));
  return meant.length === 0 ? held : { if: [all(meant), held, true] };
}

/** An operation and what it is applied to; null for a plain value. */
function operation(value: unknown): [string, unknown[]] | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const [entry, more] = Object.entries(value);
  if (entry === undefined || more !== undefined) return null;
  const [name, given] = entry;
  return [name, Array.isArray(given) ? given : [given]];
}

const nameOf = (value: unknown): string | null => {
  const found = operation(value);
  return found?.[0] === "var" && typeof found[1][0] === "string" ? found[1][0] : null;
};

const numberIn = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);

const parts = (logic: unknown): unknown[] => {
  const found = operation(logic);
  if (found?.[0] === "and") return found[1];
  return logic === true ? [] : [logic];
};

function readAmong(logic: unknown): { fact: string; values: unknown[] } | null {
  const found = operation(logic);
  if (found?.[0] !== "in") return null;
  const [subject, values] = found[1];
  const name = nameOf(subject);
  return name === null || !Array.isArray(values) ? null : { fact: name, values };
}

function readWho(logic: unknown): Who | null {
  const found = operation(logic);
  const turned = found?.[0] === "!";
  const read = readAmong(turned ? found[1][0] : logic);
  if (read === null || !read.values.every((value) => typeof value === "string")) return null;
  return { fact: read.fact, is: !turned, values: read.values };
}

function readEither([one, other]: unknown[]): Limit | null {
  const [first, second] = [operation(one), operation(other)];
  if (first === null || second === null) return null;
  const name = nameOf(first[1][0]);
  if (name === "minute") {
    return { kind: "hours", from: numberIn(first[1][1]), until: numberIn(second[1][1]) };
  }
  const value = numberIn(second[1][1]);
  if (name === "entries.today") return { kind: "days", most: value };
  if (name === "since_first_entry") return { kind: "stay", minutes: value };
  if (name === "since_last_entry") return { kind: "wait", since: "entry", minutes: value };
  return name === "since_last_exit" ? { kind: "wait", since: "exit", minutes: value } : null;
}

function readWithin(counted: unknown[], most: number): Limit | null {
  const filter = operation(counted[0]);
  const comparison = operation(filter?.[1][1]);
  return comparison === null ? null : { kind: "within", most, minutes: numberIn(comparison[1][1]) };
}

function readLimit(logic: unknown): Limit | null {
  const found = operation(logic);
  if (found === null) return null;
  const [name, given] = found;
  if (name === "in") {
    const read = readAmong(logic);
    return read === null ? null : { kind: "weekdays", days: read.values.map(numberIn) };
  }
  if (name === "<=") return { kind: "hours", from: numberIn(given[0]), until: numberIn(given[2]) + 1 };
  if (name === "or") return readEither(given);
  if (name !== "<") return null;
  const most = numberIn(given[1]);
  const counted = operation(given[0]);
  if (counted?.[0] === "reduce") return readWithin(counted[1], most);
  const subject = nameOf(given[0]);
  if (subject === "entries.total") return { kind: "total", most };
  return subject === "entries.today" ? { kind: "today", most } : null;
}

function readAll<T>(logic: unknown, one: (part: unknown) => T | null): T[] | null {
  const read = parts(logic).map(one);
  return read.every((part) => part !== null) ? (read as T[]) : null;
}

const isPersonal = (name: string) =>
  name === "ticket_type" || name.startsWith(CUSTOM) || GUEST_FIELDS.some((known) => known === name);

const isPlace = (name: string): name is keyof Where => PLACE_FACTS.some((known) => known === name);

function guess(logic: unknown): Sentence | null {
  const top = operation(logic);
  const [meant, held]: [unknown, unknown] = top?.[0] === "if" ? [top[1][0], top[1][1]] : [true, logic];
  const asked = readAll(meant, readWho);
  const limits = held === false ? "never" : readAll(held, readLimit);
  if (asked === null || limits === null) return null;
  if (!asked.every(({ fact: name, is }) => (isPlace(name) ? is : isPersonal(name)))) return null;
  // A number that is none would be written as the `null` that it was read from.
  if (limits !== "never" && limits.flatMap(Object.values).flat().some(Number.isNaN)) return null;
  const where: Where = { zone: [], gate: [], session: [] };
  for (const { fact: name, values } of asked) if (isPlace(name)) where[name] = values;
  return { who: asked.filter(({ fact: name }) => !isPlace(name)), where, limits };
}

/** The sentence that is written as exactly this logic; null where no sentence is. */
export function readLogic(logic: unknown): Sentence | null {
  const sentence = guess(logic);
  if (sentence === null) return null;
  return JSON.stringify(writeLogic(sentence)) === JSON.stringify(logic) ? sentence : null;
}
