import { apply } from "json-logic-js";
import { describe, expect, it } from "vitest";
import { readLogic, writeLogic } from "./logic";
import {
  addable,
  CUSTOM,
  DAY_MINUTES,
  GUEST_FIELDS,
  lackOf,
  type Limit,
  newLimit,
  newSentence,
  type Sentence,
  type Who,
} from "./sentence";

/** Numbers that look random and are the same in each run. */
function dice(seed: number) {
  let state = seed;
  const roll = (sides: number) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * sides);
  };
  const one = <T>(from: readonly T[]): T => from[roll(from.length)] as T;
  const some = <T>(from: readonly T[]): T[] => from.filter(() => roll(2) === 0);
  return { roll, one, some };
}

const TYPES = ["VIP", "Standard", "Press"];
const ZONES = ["", "Lounge", "Backstage"];
const VALUES = ["vegan", "Zoë's table", '"quoted"', "…", "1"];

interface Before {
  minutesAgo: number[];
  /** Those of them that were today. */
  today: number;
  days: number;
  sinceExit: number | null;
}

interface Situation {
  ticket_type: string;
  zone: string;
  gate: string;
  session: string;
  weekday: number;
  minute: number;
  guest: { company: string | null; custom: Record<string, string> };
  before: Before;
}

function situation({ roll, one }: ReturnType<typeof dice>): Situation {
  const minutesAgo = Array.from({ length: roll(5) }, () => roll(300)).sort((a, b) => a - b);
  const days = minutesAgo.length === 0 ? 0 : 1 + roll(Math.min(3, minutesAgo.length));
  return {
    ticket_type: one(TYPES),
    zone: one(ZONES),
    gate: one(["Gate A", "Gate B"]),
    session: one(["", "Friday"]),
    weekday: 1 + roll(7),
    minute: roll(DAY_MINUTES),
    guest: { company: one([null, ...VALUES]), custom: { Dietary: one(VALUES) } },
    before: {
      minutesAgo,
      days,
      today: minutesAgo.length === 0 ? 0 : roll(minutesAgo.length + 1),
      sinceExit: one([null, roll(60)]),
    },
  };
}

/** The facts as the gate gives them to a rule. */
function facts({ before, ...now }: Situation) {
  const { minutesAgo, today, days, sinceExit } = before;
  return {
    ...now,
    entries: {
      total: minutesAgo.length,
      today,
      days,
      list: minutesAgo.map((minutes_ago) => ({ minutes_ago, minute: 0, day: 20_261_121 })),
    },
    exits: { total: sinceExit === null ? 0 : 1 },
    since_first_entry: minutesAgo.at(-1) ?? null,
    since_last_entry: minutesAgo[0] ?? null,
    since_last_exit: sinceExit,
  };
}

/** What the sentence says, worked out without its logic. */
function letsIn({ who, where, limits }: Sentence, now: Situation): boolean {
  const known: Record<string, string | null> = {
    ticket_type: now.ticket_type,
    "guest.company": now.guest.company,
    "guest.custom.Dietary": now.guest.custom["Dietary"] ?? null,
  };
  const isMeant =
    who.every(({ fact, is, values }) => values.includes(known[fact] ?? " none") === is) &&
    (["zone", "gate", "session"] as const).every(
      (place) => where[place].length === 0 || where[place].includes(now[place]),
    );
  if (!isMeant) return true;
  if (limits === "never") return false;
  const { minutesAgo, today, days, sinceExit } = now.before;
  return limits.every((limit) => {
    switch (limit.kind) {
      case "weekdays":
        return limit.days.includes(now.weekday);
      case "hours":
        return limit.from <= limit.until
          ? now.minute >= limit.from && now.minute < limit.until
          : now.minute >= limit.from || now.minute < limit.until;
      case "total":
        return minutesAgo.length < limit.most;
      case "today":
        return today < limit.most;
      case "days":
        return today > 0 || days < limit.most;
      case "within":
        return minutesAgo.filter((minutes) => minutes < limit.minutes).length < limit.most;
      case "wait": {
        const since = limit.since === "exit" ? sinceExit : (minutesAgo[0] ?? null);
        return since === null || since >= limit.minutes;
      }
      case "stay":
        return (minutesAgo.at(-1) ?? 0) <= limit.minutes;
    }
  });
}

function sentence(given: ReturnType<typeof dice>): Sentence {
  const { roll, one, some } = given;
  const who = (): Who => {
    const fact = one(["ticket_type", "guest.company", `${CUSTOM}Dietary`]);
    return { fact, is: roll(2) === 0, values: some(fact === "ticket_type" ? TYPES : VALUES) };
  };
  const limit = (): Limit => {
    switch (roll(8)) {
      case 0:
        return { kind: "weekdays", days: some([1, 2, 3, 4, 5, 6, 7]) };
      case 1:
        return { kind: "hours", from: roll(DAY_MINUTES), until: 1 + roll(DAY_MINUTES) };
      case 2:
        return { kind: "total", most: 1 + roll(4) };
      case 3:
        return { kind: "today", most: 1 + roll(4) };
      case 4:
        return { kind: "days", most: 1 + roll(3) };
      case 5:
        return { kind: "within", most: 1 + roll(3), minutes: 1 + roll(200) };
      case 6:
        return { kind: "wait", since: one(["entry", "exit"]), minutes: 1 + roll(120) };
      default:
        return { kind: "stay", minutes: 1 + roll(200) };
    }
  };
  return {
    who: Array.from({ length: roll(3) }, who),
    where: { zone: some(ZONES), gate: some(["Gate A", "Gate B"]), session: some(["", "Friday"]) },
    limits: roll(6) === 0 ? "never" : Array.from({ length: roll(4) }, limit),
  };
}

const MANY = 3_000;

describe("a sentence and its logic", () => {
  const given = dice(20_261_121);
  const many = Array.from({ length: MANY }, () => sentence(given));

  it("reads back what it writes, also through JSON", () => {
    for (const one of many) {
      const logic = writeLogic(one);
      expect(readLogic(logic)).toEqual(one);
      expect(readLogic(JSON.parse(JSON.stringify(logic)))).toEqual(one);
    }
  });

  it("lets in exactly those whom the sentence lets in", () => {
    const outcomes = { in: 0, out: 0 };
    for (const one of many) {
      const logic = writeLogic(one) as Parameters<typeof apply>[0];
      for (let n = 0; n < 4; n += 1) {
        const now = situation(given);
        const said: unknown = apply(logic, facts(now));
        expect(said, JSON.stringify({ one, now })).toBe(letsIn(one, now));
        outcomes[said === true ? "in" : "out"] += 1;
      }
    }
    // Both had to happen often for this to say anything.
    expect(Math.min(outcomes.in, outcomes.out)).toBeGreaterThan(MANY / 4);
  });

  it("tells different sentences apart", () => {
    const seen = new Map<string, string>();
    for (const one of many) {
      const logic = JSON.stringify(writeLogic(one));
      const words = JSON.stringify(one);
      expect(seen.get(logic) ?? words).toBe(words);
      seen.set(logic, words);
    }
  });

  it("reads nothing into logic that it did not write", () => {
    const given = dice(7);
    /** The same logic with one value somewhere in it changed. */
    const changed = (value: unknown): unknown => {
      if (Array.isArray(value)) {
        const at = given.roll(value.length + 1);
        if (at === value.length) return [...value, given.one([null, 1, "x", true])];
        return value.map((part, index) => (index === at ? changed(part) : part));
      }
      if (typeof value === "object" && value !== null) {
        const [[name, inner] = ["", null]] = Object.entries(value);
        const other = given.one(["and", "or", "!", "in", "<", "var", "if", name, name, name]);
        return { [other]: changed(inner) };
      }
      return given.one([null, 0, 0.5, "entries.total", "zone", false, value]);
    };
    let read = 0;
    for (const one of many) {
      const logic = changed(writeLogic(one));
      const found = readLogic(logic);
      if (found === null) continue;
      read += 1;
      expect(JSON.stringify(writeLogic(found))).toBe(JSON.stringify(logic));
    }
    expect(read).toBeLessThan(MANY);
  });

  it.each([
    null,
    1,
    "true",
    [true],
    {},
    { "==": [{ var: "ticket_type" }, "VIP"] },
    { "<": [{ var: "entries.today" }, null] },
    { in: [{ var: "weekday" }, [6, null]] },
    { if: [{ in: [{ var: "no.such.fact" }, ["x"]] }, false, true] },
    { if: [{ "!": [{ in: [{ var: "zone" }, ["Lounge"]] }] }, false, true] },
    { if: [true, false, true] },
    { "<": [{ var: "entries.today" }, 3], ">": [1, 0] },
  ])("leaves %j to be shown as it is", (logic) => {
    expect(readLogic(logic)).toBeNull();
  });

  it("writes the usual example as a person would", () => {
    expect(
      writeLogic({
        who: [{ fact: "ticket_type", is: true, values: ["VIP"] }],
        where: { zone: ["Lounge"], gate: [], session: [] },
        limits: [
          { kind: "today", most: 3 },
          { kind: "hours", from: 1_080, until: DAY_MINUTES },
        ],
      }),
    ).toEqual({
      if: [
        { and: [{ in: [{ var: "ticket_type" }, ["VIP"]] }, { in: [{ var: "zone" }, ["Lounge"]] }] },
        { and: [{ "<": [{ var: "entries.today" }, 3] }, { "<=": [1_080, { var: "minute" }, 1_439] }] },
        true,
      ],
    });
  });
});

describe("what a sentence lacks", () => {
  const with_ = (change: Partial<Sentence>) => lackOf({ ...newSentence(), ...change });
  const limit = (one: Limit) => with_({ limits: [one] });

  it("is nothing for what is proposed", () => {
    expect(lackOf(newSentence())).toBeNull();
    for (const kind of addable({ ...newSentence(), limits: [] })) {
      expect(limit(newLimit(kind)), kind).toBeNull();
    }
    expect(with_({ limits: "never" })).toBeNull();
  });

  it.each([
    [with_({ limits: [] }), "no_limit"],
    [with_({ who: [{ fact: "ticket_type", is: true, values: [] }] }), "no_value"],
    [with_({ who: [{ fact: CUSTOM, is: true, values: ["x"] }] }), "no_header"],
    [with_({ who: [{ fact: `${CUSTOM}Dr. title`, is: true, values: ["x"] }] }), "dotted_header"],
    [with_({ who: [{ fact: GUEST_FIELDS[0], is: false, values: [] }] }), "no_value"],
    [limit({ kind: "weekdays", days: [] }), "no_day"],
    [limit({ kind: "hours", from: 600, until: 600 }), "no_hours"],
    [limit({ kind: "hours", from: 0, until: DAY_MINUTES }), "no_hours"],
    [limit({ kind: "today", most: 0 }), "no_number"],
    [limit({ kind: "within", most: 1, minutes: 1.5 }), "no_number"],
  ])("is told", (lack, told) => {
    expect(lack).toBe(told);
  });

  it("offers a limit once where twice would say nothing more", () => {
    expect(addable(newSentence())).not.toContain("today");
    expect(addable({ ...newSentence(), limits: [newLimit("hours"), newLimit("wait")] })).toEqual(
      expect.arrayContaining(["hours", "wait", "today"]),
    );
  });
});
