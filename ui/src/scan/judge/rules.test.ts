/** The rules of a door, held against the table that the gates' own engine writes. */
import { describe, expect, it } from "vitest";
import { isBeyond, type Json, LogicError, workOut } from "./logic";
import type { Direction, Passage } from "./passage";
import { factsOf, type Holder, refusingRule } from "./rules";
// As text: in a module, a member called __proto__ would be none.
import cases from "./cases/rules.json?raw";

interface Usual {
  at: string;
  zone: string;
  day: number;
  ticket_type: string;
  place: string;
  gate: string;
  session: string;
  holder: Holder;
  passages: [Direction, string, number][];
}

interface Case extends Partial<Usual> {
  says: string;
  logic: Json;
  many?: number;
  fails?: true;
  gives?: Json;
}

const table = JSON.parse(cases) as {
  usual: Usual;
  cases: Case[];
  values: Json[];
  pairs: Record<string, string[]>;
};

const MINUTE = 60_000;

function factsIn(differs: Case) {
  const given = { ...table.usual, ...differs };
  const now = Date.parse(given.at);
  const passage = (direction: Direction, at: number, day: number): Passage => ({ direction, session: null, day, zone: null, at });
  const passages =
    given.many === undefined
      ? given.passages.map(([direction, at, day]) => passage(direction, Date.parse(at), day))
      : Array.from({ length: given.many }, (_, n) => passage("entry", now - ((given.many ?? 0) - n) * MINUTE, given.day));
  const { zone, day, place, gate, session } = given;
  const nothing = { company: null, title: null, group: null, language: null, custom: {} };
  return factsOf({ now, zone, day, ticketType: given.ticket_type, place, gate, session }, { ...nothing, ...given.holder }, passages);
}

/** What a rule gives, or that it fails. */
function outcome(logic: Json, work: () => Json): { gives: Json } | { fails: true } | { beyond: true } {
  if (isBeyond(logic)) return { beyond: true };
  try {
    return { gives: work() };
  } catch (error) {
    if (error instanceof LogicError) return { fails: true };
    throw error;
  }
}

describe("the table of rules", () => {
  it("has not shrunk", () => expect(table.cases.length).toBeGreaterThanOrEqual(400));

  it.each(table.cases)("$says", (one) => {
    const facts = factsIn(one);
    const found = outcome(one.logic, () => workOut(one.logic, facts));
    if ("beyond" in found) {
      expect(JSON.stringify(one.logic)).toContain('"val"');
      return;
    }
    expect(found).toEqual(one.fails === true ? { fails: true } : { gives: one.gives });
    const letsIn = refusingRule([{ title: "rule", logic: one.logic }], facts) === null;
    expect(letsIn, "only what is true lets in").toBe(one.gives === true);
  });

  const letter = (operator: string, left: Json, right: Json) => {
    const found = outcome(null, () => workOut({ [operator]: [left, right] }, { known: {}, unknown: [] }));
    if (!("gives" in found)) return "!";
    return typeof found.gives === "boolean" ? String(found.gives).charAt(0) : "v";
  };

  it.each(Object.entries(table.pairs))("%s of every two values", (operator, rows) => {
    const found = table.values.map((left) => table.values.map((right) => letter(operator, left, right)).join(""));
    expect(found).toEqual(rows);
  });
});
