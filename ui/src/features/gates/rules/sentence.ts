/** A rule of the door as a sentence: who, where, and what limits their entry. */

/** Facts of a guest that a rule can ask for; columns of the list by their headers. */
export const GUEST_FIELDS = [
  "guest.company",
  "guest.title",
  "guest.group",
  "guest.language",
  "guest.name",
] as const;

/** Before the header of a column of the guest list. */
export const CUSTOM = "guest.custom.";

/** Whom a rule means: those whose fact is among the values, or is not. */
export interface Who {
  /** `ticket_type`, one of `GUEST_FIELDS`, or `guest.custom.` and a header. */
  fact: string;
  is: boolean;
  values: string[];
}

export const PLACE_FACTS = ["zone", "gate", "session"] as const;

/** Where a rule holds, by name; everywhere where nothing is named. The zone "" is the main entrance. */
export type Where = Record<(typeof PLACE_FACTS)[number], string[]>;

/** What has to be so for those who are meant to enter. */
export type Limit =
  /** Monday is 1. */
  | { kind: "weekdays"; days: number[] }
  /** Minutes of the day, 0 to 1440, `until` not among them; over midnight where `until` comes first. */
  | { kind: "hours"; from: number; until: number }
  | { kind: "total"; most: number }
  | { kind: "today"; most: number }
  /** On how many different days. */
  | { kind: "days"; most: number }
  | { kind: "within"; most: number; minutes: number }
  /** How long since the last entry or exit at least. */
  | { kind: "wait"; since: "entry" | "exit"; minutes: number }
  /** How long after the first entry at most. */
  | { kind: "stay"; minutes: number };

export type LimitKind = Limit["kind"];

export interface Sentence {
  who: Who[];
  where: Where;
  /** `never` where those who are meant don't enter at all. */
  limits: Limit[] | "never";
}

export const NOWHERE_ELSE: Where = { zone: [], gate: [], session: [] };

export const DAY_MINUTES = 1_440;

/** What a sentence begins as. */
export const newSentence = (): Sentence => ({
  who: [],
  where: { zone: [], gate: [], session: [] },
  limits: [{ kind: "today", most: 1 }],
});

/** Kinds of limit that a sentence takes only once. */
const ONCE: readonly LimitKind[] = ["weekdays", "total", "today", "days", "stay"];

/** The limits that can still be added. */
export function addable({ limits }: Sentence): LimitKind[] {
  const kinds: LimitKind[] = ["weekdays", "hours", "today", "total", "days", "within", "wait", "stay"];
  const had = limits === "never" ? [] : limits.map(({ kind }) => kind);
  return kinds.filter((kind) => !ONCE.includes(kind) || !had.includes(kind));
}

/** A limit of a kind, as it is proposed. */
export function newLimit(kind: LimitKind): Limit {
  switch (kind) {
    case "weekdays":
      return { kind, days: [6, 7] };
    case "hours":
      return { kind, from: 18 * 60, until: DAY_MINUTES };
    case "within":
      return { kind, most: 1, minutes: 60 };
    case "wait":
      return { kind, since: "exit", minutes: 15 };
    case "stay":
      return { kind, minutes: 120 };
    default:
      return { kind, most: 1 };
  }
}

/** Why a sentence is no rule yet; null when it is. */
export type Lack = "no_limit" | "no_value" | "no_header" | "dotted_header" | "no_day" | "no_hours" | "no_number";

const LONGEST_MINUTES = 525_600;

function lackOfLimit(limit: Limit): Lack | null {
  const whole = (n: number, most: number) => Number.isInteger(n) && n >= 1 && n <= most;
  if (limit.kind === "weekdays") return limit.days.length === 0 ? "no_day" : null;
  if (limit.kind === "hours") {
    const all = limit.from === 0 && limit.until === DAY_MINUTES;
    return limit.from === limit.until || all ? "no_hours" : null;
  }
  if ("most" in limit && !whole(limit.most, 9_999)) return "no_number";
  if ("minutes" in limit && !whole(limit.minutes, LONGEST_MINUTES)) return "no_number";
  return null;
}

export function lackOf({ who, limits }: Sentence): Lack | null {
  for (const { fact, values } of who) {
    if (fact.startsWith(CUSTOM)) {
      const header = fact.slice(CUSTOM.length);
      if (header.trim() === "") return "no_header";
      // A dot leads deeper into the facts, so no such header can be asked for.
      if (header.includes(".")) return "dotted_header";
    }
    if (values.length === 0) return "no_value";
  }
  if (limits === "never") return null;
  if (limits.length === 0) return "no_limit";
  return limits.map(lackOfLimit).find((lack) => lack !== null) ?? null;
}
