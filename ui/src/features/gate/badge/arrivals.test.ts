import { describe, expect, it } from "vitest";
import type { Shown } from "../../../shared/verdict";
import type { PresentingState } from "../presenting";
import { arrivals } from "./arrivals";

const shown = (scan: string, badge: boolean, ticket: string | null = `ticket of ${scan}`): Shown => ({
  scan,
  badge,
  photo: false,
  ticket,
  at: 0,
  verdict: "admitted",
  code: "admitted",
  attention: false,
  mode: "home",
  status: "SUCCESS",
  message: "",
  number: 7,
  name: scan === "nameless" ? null : scan,
  ticket_type: null,
  colour: null,
  seat: null,
  zone: null,
  note: null,
  language: null,
  first_time: true,
  party: null,
  first_used_at: null,
  first_used_gate: null,
  doors_at: null,
  rule: null,
  rule_message: null,
  questions: [],
  undo_until: null,
});

const state = (given: Partial<PresentingState>): PresentingState => ({
  now: { kind: "idle" },
  turn: 1,
  asides: [],
  last: [],
  ...given,
});

const names = (given: Partial<PresentingState>) => arrivals(state(given)).map(({ name }) => name);

describe("those for whom something is printed", () => {
  it("are all of a party, those whom a newer code overtook, and the last who faded", () => {
    const items = [shown("Ada", true), shown("Bo", false), shown("Cleo", true)];
    const asides = [{ shown: shown("Dora", true), until: 1 }];
    expect(names({ now: { kind: "several", items, answered: null }, asides, last: [shown("Eli", true)] })).toEqual([
      "Ada",
      "Cleo",
      "Dora",
      "Eli",
    ]);
  });

  it("are none where nothing is printed, or nothing is known of the ticket", () => {
    expect(names({})).toEqual([]);
    expect(names({ now: { kind: "shown", shown: shown("Ada", false), answered: null } })).toEqual([]);
    expect(names({ now: { kind: "shown", shown: shown("Ada", true, null), answered: null } })).toEqual([]);
  });

  it("go by their number where they have no name", () => {
    expect(names({ last: [shown("nameless", true)] })).toEqual(["#7"]);
  });
});
