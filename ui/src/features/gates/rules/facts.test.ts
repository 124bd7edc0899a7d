import { apply } from "json-logic-js";
import { describe, expect, it } from "vitest";
import { askedFacts, type Case, factsOf } from "./facts";
import { writeLogic } from "./logic";
import { CUSTOM, newSentence } from "./sentence";

const one: Case = {
  key: "1",
  ticket_type: "VIP",
  zone: "Lounge",
  gate: "Gate A",
  weekday: 6,
  minute: 1_110,
  today: 2,
  earlier: 1,
  since_exit: 10,
  guest: { "guest.company": "Harbour Press", [`${CUSTOM}Dietary`]: "vegan" },
};

describe("a made-up presentation", () => {
  it("agrees with itself", () => {
    const facts = factsOf(one, "2026-11-18");
    expect(facts).toMatchObject({
      now: "2026-11-21T18:30",
      weekday: 6,
      entries: { total: 3, today: 2, days: 2 },
      since_first_entry: 1_440,
      since_last_entry: 30,
      since_last_exit: 10,
      guest: { company: "Harbour Press", group: null, custom: { Dietary: "vegan" } },
    });
    expect((facts["entries"] as { list: unknown }).list).toEqual([
      { minutes_ago: 30, minute: 1_080, day: 20_261_121, today: true },
      { minutes_ago: 60, minute: 1_050, day: 20_261_121, today: true },
      { minutes_ago: 1_440, minute: 1_110, day: 20_261_120, today: false },
    ]);
  });

  it("falls on the weekday that was chosen, from today on", () => {
    for (let weekday = 1; weekday <= 7; weekday += 1) {
      const { now } = factsOf({ ...one, weekday }, "2026-11-18") as { now: string };
      const at = new Date(`${now}:00Z`);
      expect(at.getUTCDay() || 7).toBe(weekday);
      expect(at.getTime() - Date.UTC(2026, 10, 18)).toBeLessThan(7 * 86_400_000);
    }
  });

  it("is refused by the rule that counts its entries", () => {
    const logic = writeLogic({ ...newSentence(), limits: [{ kind: "today", most: 2 }] });
    const ask = (today: number): unknown =>
      apply(logic as Parameters<typeof apply>[0], factsOf({ ...one, today }, "2026-11-18"));
    expect([0, 1, 2, 3].map(ask)).toEqual([true, true, false, false]);
  });

  it("asks for what the rule asks for, once", () => {
    const who = ["guest.group", "ticket_type", "guest.group"].map((fact) => ({ fact, is: true, values: [] }));
    expect(askedFacts({ ...newSentence(), who })).toEqual(["guest.group"]);
    expect(askedFacts(null)).toEqual([]);
  });
});
