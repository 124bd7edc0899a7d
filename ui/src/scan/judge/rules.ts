/** The organizer's rules: asked before an entry. One that does not say `true` keeps the holder out. */
import { type Facts, type Json, LogicError, workOut } from "./logic";
import { isEntry, type Passage } from "./passage";
import { isoOf, localOf, weekdayOf } from "./calendar";

export interface EntryRule {
  title: string;
  logic: Json;
  enabled?: boolean;
  message?: string | null;
}

/** What is known of a holder beside the ticket. */
export interface Holder {
  name?: string | null;
  company?: string | null;
  title?: string | null;
  group?: string | null;
  language?: string | null;
  custom?: Record<string, string>;
}

/** The moment and place of a presentation, as rules see it. */
export interface RuleMoment {
  now: number;
  zone: string;
  /** The day that an admission would count for. */
  day: number;
  ticketType: string;
  place: string;
  gate: string;
  session: string;
}

/** Earlier entries that a rule sees at most, the newest. */
const MOST_LISTED = 200;
/** What a list for phones may leave out; a rule that asks for it can't be worked out here. */
const HOLDER_FACTS = ["name", "company", "title", "group", "language", "custom"] as const;

/** The first rule that does not let in; null when all do. */
export function refusingRule(rules: readonly EntryRule[], facts: Facts): EntryRule | null {
  const lets = (rule: EntryRule) => {
    try {
      return workOut(rule.logic, facts) === true;
    } catch (error) {
      if (error instanceof LogicError) return false;
      throw error;
    }
  };
  return rules.find((rule) => rule.enabled !== false && !lets(rule)) ?? null;
}

/** What rules see of one presentation; `passages` are the ticket's at this place, in order. */
export function factsOf(moment: RuleMoment, holder: Holder, passages: readonly Passage[]): Facts {
  const local = localOf(moment.now, moment.zone);
  const minutesAgo = (passage: Passage | undefined) =>
    passage === undefined ? null : Math.floor(Math.max(0, moment.now - passage.at) / 60_000);
  const entries = passages.filter(isEntry);
  const exits = passages.filter((passage) => !isEntry(passage));
  const listed = entries
    .slice(-MOST_LISTED)
    .reverse()
    .map((passage): Json => {
      const { hour, minute } = localOf(passage.at, moment.zone);
      return {
        minutes_ago: minutesAgo(passage),
        minute: hour * 60 + minute,
        day: passage.day,
        today: passage.day === moment.day,
      };
    });
  const guest: Record<string, Json> = {};
  const unknown: string[] = [];
  for (const name of HOLDER_FACTS) {
    const value = holder[name];
    if (value === undefined) unknown.push(`guest.${name}`);
    else guest[name] = value;
  }
  return {
    unknown,
    known: {
      now: isoOf(local),
      minute: local.hour * 60 + local.minute,
      weekday: weekdayOf(local),
      ticket_type: moment.ticketType,
      zone: moment.place,
      gate: moment.gate,
      session: moment.session,
      entries: {
        total: entries.length,
        today: entries.filter(({ day }) => day === moment.day).length,
        days: new Set(entries.map(({ day }) => day)).size,
        list: listed,
      },
      exits: { total: exits.length },
      since_first_entry: minutesAgo(entries[0]),
      since_last_entry: minutesAgo(entries.at(-1)),
      since_first_exit: minutesAgo(exits[0]),
      since_last_exit: minutesAgo(exits.at(-1)),
      guest,
    },
  };
}
