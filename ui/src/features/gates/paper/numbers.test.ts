import { describe, expect, it } from "vitest";
import { countNumbers, readNumbers, sayNumbers, spansOf } from "./numbers";

describe("numbers from a paper list", () => {
  it.each([
    ["2001–2040, 2050", "2001–2040, 2050", 41],
    ["2050 2001-2040", "2001–2040, 2050", 41],
    ["#12; #14-#16", "12, 14–16", 4],
    ["1 – 3\n5", "1–3, 5", 4],
    ["5-9, 7-12, 13", "5–13", 9],
    ["7, 7, 7", "7", 1],
    ["", "", 0],
  ])("%j is read", (typed, said, count) => {
    const { spans, unread } = readNumbers(typed);
    expect(unread).toEqual([]);
    expect(sayNumbers(spans)).toBe(said);
    expect(countNumbers(spans)).toBe(count);
  });

  it("says what it can't read, and keeps the rest", () => {
    const { spans, unread } = readNumbers("12, abc, 9-3, 0, 99999999999, 5.5, 20");
    expect(unread).toEqual(["abc", "9-3", "0", "99999999999", "5.5"]);
    expect(sayNumbers(spans)).toBe("12, 20");
  });

  it("puts any numbers into spans that name exactly them", () => {
    let state = 7;
    const roll = (sides: number) => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state % sides;
    };
    for (let run = 0; run < 200; run += 1) {
      const numbers = Array.from({ length: roll(40) }, () => 1 + roll(60));
      const spans = spansOf(numbers);
      const back = spans.flatMap(({ first, last }) =>
        Array.from({ length: last - first + 1 }, (_, at) => first + at),
      );
      expect(back).toEqual([...new Set(numbers)].sort((a, b) => a - b));
      expect(readNumbers(sayNumbers(spans)).spans).toEqual(spans);
    }
  });
});
