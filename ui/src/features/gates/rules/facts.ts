/** Made-up presentations on which a rule is tried, as the gate would tell them to it. */
import { CUSTOM, type Sentence } from "./sentence";

export interface Case {
  key: string;
  ticket_type: string;
  /** "" for the main entrance. */
  zone: string;
  gate: string;
  /** Monday is 1. */
  weekday: number;
  /** Minute of the day. */
  minute: number;
  /** Entries today before this one. */
  today: number;
  /** Entries on earlier days, one a day. */
  earlier: number;
  /** Minutes since the last exit; null where nobody left. */
  since_exit: number | null;
  /** What the guest's facts say that the rule asks for, by fact. */
  guest: Record<string, string>;
}

/** Facts of the guest that a sentence asks for. */
export const askedFacts = (sentence: Sentence | null): string[] => [
  ...new Set(sentence?.who.map(({ fact }) => fact).filter((fact) => fact !== "ticket_type") ?? []),
];

/** Minutes between one entry of a day and the next. */
const APART = 30;

const DAY = 1_440;

/** What the rule sees of a case; `from` is a day such as `2026-11-21`. */
export function factsOf(one: Case, from: string): Record<string, unknown> {
  const { today, earlier, minute, weekday } = one;
  const at = new Date(`${from}T00:00:00Z`);
  const ahead = (weekday - (at.getUTCDay() || 7) + 7) % 7;
  at.setUTCDate(at.getUTCDate() + ahead);
  const dayOf = (back: number) => {
    const day = new Date(at);
    day.setUTCDate(day.getUTCDate() - back);
    return Number(day.toISOString().slice(0, 10).replaceAll("-", ""));
  };
  const clock = `${String(Math.floor(minute / 60)).padStart(2, "0")}:${String(minute % 60).padStart(2, "0")}`;
  const list = [
    ...Array.from({ length: today }, (_, n) => ({ minutes_ago: (n + 1) * APART, back: 0 })),
    ...Array.from({ length: earlier }, (_, n) => ({ minutes_ago: (n + 1) * DAY, back: n + 1 })),
  ].map(({ minutes_ago, back }) => ({
    minutes_ago,
    minute: (((minute - minutes_ago) % DAY) + DAY) % DAY,
    day: dayOf(back),
    today: back === 0,
  }));
  const guest = (fact: string) => one.guest[fact] || null;
  const custom = Object.entries(one.guest).filter(([fact]) => fact.startsWith(CUSTOM));
  return {
    now: `${at.toISOString().slice(0, 10)}T${clock}`,
    minute,
    weekday,
    ticket_type: one.ticket_type,
    zone: one.zone,
    gate: one.gate,
    session: "",
    entries: { total: list.length, today, days: earlier + (today > 0 ? 1 : 0), list },
    exits: { total: one.since_exit === null ? 0 : 1 },
    since_first_entry: list.at(-1)?.minutes_ago ?? null,
    since_last_entry: list[0]?.minutes_ago ?? null,
    since_first_exit: one.since_exit,
    since_last_exit: one.since_exit,
    guest: {
      name: guest("guest.name") ?? "",
      company: guest("guest.company"),
      title: guest("guest.title"),
      group: guest("guest.group"),
      language: guest("guest.language"),
      custom: Object.fromEntries(custom.map(([fact, value]) => [fact.slice(CUSTOM.length), value])),
    },
  };
}
