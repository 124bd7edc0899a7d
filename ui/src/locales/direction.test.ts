import { describe, expect, it } from "vitest";
import { isolate, joined } from "./direction";

describe("a value within a sentence", () => {
  it.each([
    ["Ada Almgren", "Ada Almgren"],
    ["Ada \u202egnp.exe", "\u2068Ada \u202egnp.exe\u2069"],
    ["\u2069\u202eover", "\u2068\u202eover\u2069"],
    ["\u05e0\u05d5\u05e2\u05d4", "\u2068\u05e0\u05d5\u05e2\u05d4\u2069"],
    ["", ""],
  ])("%j turns nothing around it", (value, shown) => {
    expect(isolate(value)).toBe(shown);
  });

  it("stands beside others, and what is blank is left out", () => {
    expect(joined(["Harbour Ball", undefined, "", null, false, "\u202eX"], " · ")).toBe("Harbour Ball · \u2068\u202eX\u2069");
  });
});
