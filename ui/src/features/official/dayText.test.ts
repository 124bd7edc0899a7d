import { describe, expect, it } from "vitest";
import { endOfDay, startOfDay } from "./dayText";

describe("a day as the reader means it", () => {
  it("begins at their midnight and ends at the next", () => {
    expect(startOfDay("2027-05-14")).toBe(new Date(2027, 4, 14).getTime());
    expect(endOfDay("2027-05-31")).toBe(new Date(2027, 5, 1).getTime());
  });

  it.each(["", "2027", "2027-13-01", "2027-02-30", "tomorrow"])("%j is none", (day) => {
    expect(startOfDay(day)).toBeNull();
    expect(endOfDay(day)).toBeNull();
  });
});
