import { describe, expect, it } from "vitest";
import { dayOf, lastEmptied, utcOf } from "./calendar";
import { type Decision, decide, type Door, NO_TERMS } from "./decide";
import type { Json } from "./logic";
import { isInside, type Passage } from "./passage";
import { factsOf, refusingRule } from "./rules";
import { type TicketType, type Validity, validity } from "./validity";
import validityCases from "./cases/validity.json";
import verdictCases from "./cases/verdicts.json";

const utc = (text: string) => Date.parse(text);

describe("the table of validity", () => {
  it("has not shrunk", () => expect(validityCases.cases.length).toBeGreaterThanOrEqual(80));

  it.each(validityCases.cases)("$event, opens $opens, door $door, $at", ({ event, opens, door, at, expected }) => {
    const { kind, sessions } = validityCases.events[event as keyof typeof validityCases.events];
    const schedule = {
      kind,
      zone: validityCases.zone,
      cancelled: false,
      sessions: sessions.map((session) => ({
        ...session,
        title: null,
        doors_at: utc(session.doors_at),
        starts_at: utc(session.starts_at),
        ends_at: utc(session.ends_at),
      })),
    };
    const type: TicketType = {
      id: "any",
      name: "Any",
      colour: 0,
      zones: [],
      attendance: opens === "online" ? "online" : "in_person",
      sessions: Array.isArray(opens) ? opens : opens === "template" ? [] : null,
    };
    const found: Validity = validity(schedule, type, door, utc(at));
    const wanted = Object.fromEntries(
      Object.entries(expected).map(([name, value]) => [name, name.endsWith("_at") ? utc(String(value)) : value]),
    );
    expect(found).toMatchObject(wanted);
  });

  it("says of nothing that it is valid once the event was called off", () => {
    const { kind, sessions } = validityCases.events.gala;
    const [session] = sessions.map((one) => ({ ...one, title: null, doors_at: 0, starts_at: 1, ends_at: 2 }));
    const type = { id: "any", name: "Any", colour: 0, zones: [], sessions: null };
    const schedule = { kind, zone: "UTC", cancelled: true, sessions: session === undefined ? [] : [session] };
    expect(validity(schedule, type, null, 1)).toEqual({ is: "cancelled" });
  });
});

type Given = Omit<
  typeof verdictCases.usual,
  "only" | "rule" | "passages" | "zone" | "session" | "opens" | "room" | "emptied_at" | "counted_since"
> & {
  only: "entry" | "exit" | null;
  rule: Json;
  passages: Passage[];
  zone: string | null;
  session: string | null;
  opens: string[] | null;
  room: number | null;
  emptied_at: number | null;
  counted_since: number | null;
};

function run(differs: Partial<Given>): Decision {
  const given = { ...(verdictCases.usual as Given), ...differs };
  const door: Door = {
    deviceAllowed: given.device_allowed,
    only: given.only,
    zone: given.zone,
    direction: given.direction as "entry" | "exit",
    session: given.session,
    schedule: {
      kind: given.kind,
      zone: "UTC",
      cancelled: given.cancelled,
      sessions: [
        { id: "matinee", title: null, doors_at: 10, starts_at: 20, ends_at: 60, status: "scheduled" },
        { id: "evening", title: null, doors_at: 100, starts_at: 120, ends_at: 200, status: "scheduled" },
      ],
    },
    reEntry: given.re_entry,
    listComplete: given.complete,
    now: given.now,
    terms: {
      ...NO_TERMS,
      rules: given.rule === null ? [] : [{ title: "VIP only", logic: given.rule }],
      room: given.room,
      emptiedAt: given.emptied_at,
      countedSince: given.counted_since,
      questions: given.questions,
      answered: given.answered,
    },
  };
  const presented =
    given.presented === "genuine"
      ? ({ genuine: true, version: given.version, notBefore: 100, expires: 200 } as const)
      : ({ genuine: false, code: given.presented } as const);
  const type = { id: "vip", name: "VIP", colour: 1, sessions: given.opens, zones: ["lounge"], attendance: given.attendance };
  const known = given.known ? { status: given.status, version: 2, type, holder: {} } : null;
  return decide(presented, door, known, given.passages);
}

describe("the table of verdicts", () => {
  it("has not shrunk", () => expect(verdictCases.cases.length).toBeGreaterThanOrEqual(80));

  it.each(verdictCases.cases)("$says: $expected", ({ expected, says, ...differs }) => {
    const decision = run(differs as Partial<Given>);
    expect(decision.code, says).toBe(expected);
    expect(decision.verdict).toBe(["admitted", "exited"].includes(expected) ? expected : "refused");
    expect(decision.rule?.title).toBe(expected === "rule_refused" ? "VIP only" : undefined);
  });

  it("tells when doors open to one who is too early", () => {
    expect(run({ now: 99 }).doorsAt).toBe(100);
  });

  it("leaves the session of the last passage, and counts for its day", () => {
    const entered: Passage = { direction: "entry", session: "evening", day: 19_691_231, zone: null, at: 110 };
    expect(run({ direction: "exit", now: 300, passages: [entered] })).toMatchObject({ session: "evening", day: 19_691_231 });
  });

  it("admits nobody with a status that it has never heard of", () => {
    expect(run({ status: "levitating" }).verdict).toBe("refused");
  });
});

describe("who is inside", () => {
  it.each([
    ["nobody came", [], null, false],
    ["came", [["entry", 5]], null, true],
    ["came and left", [["entry", 5], ["exit", 6]], null, false],
    ["left without coming", [["exit", 5]], null, false],
    ["came back", [["entry", 5], ["exit", 6], ["entry", 7]], null, true],
    ["emptied since", [["entry", 5]], 6, false],
    ["emptied before", [["entry", 5]], 5, true],
    ["came back after", [["entry", 5], ["entry", 9]], 6, true],
  ] as const)("%s", (_, passages, emptiedAt, inside) => {
    const made = passages.map(([direction, at]): Passage => ({ direction, session: null, day: 0, zone: null, at }));
    expect(isInside(made, emptiedAt)).toBe(inside);
  });
});

describe("the calendar", () => {
  const vienna = "Europe/Vienna";

  it.each([
    ["after its hour", 240, "2026-11-21T04:00Z", "2026-11-21T03:00Z"],
    ["before its hour", 240, "2026-11-21T02:59Z", "2026-11-20T03:00Z"],
    ["at midnight", 0, "2026-11-21T22:59Z", "2026-11-20T23:00Z"],
    ["in the gap of spring", 150, "2026-03-29T04:00Z", "2026-03-29T01:30Z"],
    ["in autumn's double hour", 150, "2026-10-25T05:00Z", "2026-10-25T00:30Z"],
  ])("empties the venue %s", (_, minute, now, emptied) => {
    expect(new Date(lastEmptied(minute, vienna, utc(now))).toISOString()).toBe(new Date(utc(emptied)).toISOString());
  });

  it("counts days where the event is", () => {
    expect(dayOf(utc("2026-12-31T23:30Z"), vienna)).toBe(20_270_101);
    expect(dayOf(utc("2026-12-31T23:30Z"), "America/New_York")).toBe(20_261_231);
  });

  it("reads a plain local time back", () => {
    const local = { year: 2026, month: 7, day: 1, hour: 12, minute: 5, second: 0 };
    expect(utcOf(local, "Asia/Kathmandu")).toBe(utc("2026-07-01T06:20Z"));
  });
});

describe("the organizer's rules", () => {
  const MINUTE = 60_000;
  // Saturday 21 November 2026, 18:30 in Vienna.
  const now = utc("2026-11-21T17:30Z");
  const day = 20_261_121;
  const passed = (direction: "entry" | "exit", minutesAgo: number, on = day): Passage => ({
    direction,
    session: null,
    day: on,
    zone: null,
    at: now - minutesAgo * MINUTE,
  });
  const before = [
    passed("entry", 1_500, 20_261_120),
    passed("entry", 90),
    passed("exit", 40),
    passed("entry", 30),
    passed("exit", 10),
  ];
  const holder = {
    name: "Zoë",
    company: "Harbour Press",
    title: null,
    group: null,
    language: "en",
    custom: { Dietary: "vegan" },
  };
  const moment = { now, zone: "Europe/Vienna", day, ticketType: "VIP", place: "Lounge", gate: "Gate B", session: "" };
  const lets = (logic: Json, passages: Passage[] = before, of: object = holder) =>
    refusingRule([{ title: "rule", logic }], factsOf(moment, of, passages)) === null;
  const fact = (name: string) => ({ var: name });

  it.each([
    ["always", true, true],
    ["never", false, false],
    ["a Saturday", { "==": [fact("weekday"), 6] }, true],
    ["after six", { ">=": [fact("minute"), 1_080] }, true],
    ["after seven", { ">=": [fact("minute"), 1_140] }, false],
    ["local time", { "==": [fact("now"), "2026-11-21T18:30"] }, true],
    ["a span of time", { "<=": ["2026-11-21T18:00", fact("now"), "2026-11-21T19:00"] }, true],
    ["type", { in: [fact("ticket_type"), ["VIP", "Staff"]] }, true],
    ["zone", { "==": [fact("zone"), "Lounge"] }, true],
    ["gate", { "==": [fact("gate"), "Gate A"] }, false],
    ["three in all", { "<": [fact("entries.total"), 3] }, false],
    ["three today", { "<": [fact("entries.today"), 3] }, true],
    ["two days", { "==": [fact("entries.days"), 2] }, true],
    ["two exits", { "==": [fact("exits.total"), 2] }, true],
    ["since first", { "==": [fact("since_first_entry"), 1_500] }, true],
    ["since last", { "==": [fact("since_last_entry"), 30] }, true],
    ["since exit", { ">=": [fact("since_last_exit"), 15] }, false],
    ["since first exit", { "==": [fact("since_first_exit"), 40] }, true],
    [
      "in the last hour",
      {
        "<": [
          {
            reduce: [
              { filter: [fact("entries.list"), { "<": [fact("minutes_ago"), 60] }] },
              { "+": [fact("accumulator"), 1] },
              0,
            ],
          },
          2,
        ],
      },
      true,
    ],
    ["company", { "==": [fact("guest.company"), "Harbour Press"] }, true],
    ["custom", { "==": [fact("guest.custom.Dietary"), "vegan"] }, true],
    ["empty", { "==": [fact("guest.title"), null] }, true],
    ["either", { or: [false, { "==": [fact("zone"), "Lounge"] }] }, true],
    ["chosen", { if: [{ "==": [fact("zone"), "Stage"] }, false, { "!": [false] }] }, true],
  ] as [string, Json, boolean][])("%s", (_, logic, expected) => {
    expect(lets(logic)).toBe(expected);
  });

  it.each([
    ["a number", 1],
    ["a text", "true"],
    ["nothing", null],
    ["a list", [true]],
    ["an unknown operator", { open_sesame: [1] }],
    ["the name of a method of every object", { constructor: [1] }],
    ["two operators", { "==": [1, 1], "!=": [1, 2] }],
    ["a missing fact", fact("no.such.fact")],
    ["a division by zero", { ">": [{ "/": [1, 0] }, 0] }],
    ["a division by zero of zero", { "!": [{ "/": [0, 0] }] }],
    ["words for a number", { "<": ["many", 5] }],
  ] as [string, Json][])("%s refuses", (_, logic) => {
    expect(lets(logic)).toBe(false);
  });

  it("refuses what is too deep, and ends", () => {
    let deep: Json = true;
    for (let n = 0; n < 400; n += 1) deep = { "!": [deep] };
    expect(lets({ "!": [{ "!!": [deep] }] })).toBe(false);
  });

  it("refuses where the list does not tell what a rule asks for, rather than take it for empty", () => {
    const unlike: Json = { "!=": [fact("guest.group"), "Banned"] };
    expect(lets(unlike, [])).toBe(true);
    expect(lets(unlike, [], { name: "Zoë" })).toBe(false);
    expect(lets({ "==": [fact("guest.name"), "Zoë"] }, [], { name: "Zoë" })).toBe(true);
    expect(lets({ "!": [{ missing: ["guest.group"] }] }, [], { name: "Zoë" })).toBe(false);
    expect(lets({ "!": [{ "!": [fact("guest")] }] }, [], { name: "Zoë" })).toBe(false);
    expect(lets({ "!!": [fact("")] }, [], { name: "Zoë" })).toBe(false);
  });

  it("does not ask rules that are off", () => {
    expect(refusingRule([{ title: "off", logic: false, enabled: false }], factsOf(moment, holder, []))).toBeNull();
  });
});
