import { describe, expect, it } from "vitest";
import { isMonth, monthAfter, weeksOf } from "./month";

describe("a month", () => {
  it("begins with the week that its first day is in", () => {
    const weeks = weeksOf("2027-05", 1);
    expect(weeks).toHaveLength(6);
    expect(weeks[0]?.[0]).toBe("2027-04-26");
    expect(weeks[0]?.[5]).toBe("2027-05-01");
    expect(weeks.at(-1)?.[0]).toBe("2027-05-31");
    expect(weeksOf("2027-05", 0)[0]?.[0]).toBe("2027-04-25");
    expect(weeksOf("2027-02", 1)).toHaveLength(4);
  });

  it("follows another over the turn of a year", () => {
    expect(monthAfter("2026-12", 1)).toBe("2027-01");
    expect(monthAfter("2027-01", -1)).toBe("2026-12");
    expect(isMonth("2027-13")).toBe(false);
  });
});
