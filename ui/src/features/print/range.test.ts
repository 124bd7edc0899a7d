import { describe, expect, it } from "vitest";
import { ALL, isTurned, rangeOf } from "./range";

describe("which tickets are printed", () => {
  it("is all of them while nothing is typed", () => {
    expect(rangeOf(ALL)).toEqual({});
    expect(isTurned(ALL)).toBe(false);
  });

  it.each([
    [{ first: 3, last: "" }, { first: 3 }],
    [{ first: "", last: 9 }, { last: 9 }],
    [{ first: 5, last: 5 }, { first: 5, last: 5 }],
    [{ first: 0, last: "-" }, {}],
  ])("%j is %j", (typed, range) => {
    expect(rangeOf(typed)).toEqual(range);
    expect(isTurned(typed)).toBe(false);
  });

  it("is none where the first comes after the last", () => {
    expect(isTurned({ first: 6, last: 5 })).toBe(true);
  });
});
