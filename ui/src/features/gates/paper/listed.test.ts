import { describe, expect, it } from "vitest";
import type { Decided } from "../../../api/gates";
import { added, isExpected, type Listed, withDecisions } from "./listed";

const listed = (id: string, change: Partial<Listed> = {}): Listed => ({
  id,
  number: 1,
  name: "Zoë Ŝlâpfer",
  ticket_type: "VIP",
  seat: null,
  status: "active",
  came: false,
  decided: null,
  ...change,
});

const decided = (ticket: string, verdict: Decided["verdict"]): Decided => ({
  scan: `scan ${ticket}`,
  verdict,
  code: verdict === "refused" ? "used" : verdict,
  message: "",
  ticket,
});

describe("the list of those who were ticked off on paper", () => {
  it("holds each ticket once, in the order of ticking", () => {
    const list = added([listed("a")], [listed("b"), listed("a"), listed("b"), listed("c")]);
    expect(list.map(({ id }) => id)).toEqual(["a", "b", "c"]);
  });

  it("keeps what was decided when a ticket is ticked again", () => {
    const list = withDecisions([listed("a"), listed("b")], [decided("a", "admitted")]);
    expect(added(list, [listed("a")])[0]?.decided?.verdict).toBe("admitted");
  });

  it("expects those whose ticket is good and who did not come", () => {
    const list = withDecisions(
      [listed("a"), listed("b"), listed("c", { came: true }), listed("d", { status: "voided" })],
      [decided("a", "admitted"), decided("x", "admitted")],
    );
    expect(list.filter(isExpected).map(({ id }) => id)).toEqual(["b"]);
  });
});
