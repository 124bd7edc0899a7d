import { describe, expect, it } from "vitest";
import { unwrapped, Wedge } from "./wedge";

const JWT = "eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI1ZWVkIn0.c2lnbmF0dXJl";
const COMPACT = "GH1 AB$%*+-./:0 Z9";

/** Types a text with a pause between its keys; tells the codes that came of it and what was let through. */
function typed(wedge: Wedge, keys: readonly string[], gap: number, from = 1_000) {
  const codes: string[] = [];
  const through: string[] = [];
  let at = from;
  for (const key of keys) {
    const { swallowed, code } = wedge.press(key, at);
    if (code !== undefined) codes.push(code);
    if (!swallowed) through.push(key);
    at += gap;
  }
  return { codes, through };
}

describe("a scanner that types", () => {
  it.each([
    ["at once", 0],
    ["quickly", 3],
    ["over Bluetooth", 30],
  ])("is heard when it types %s", (_, gap) => {
    for (const text of [JWT, COMPACT]) {
      const { codes, through } = typed(new Wedge(), [...text, "Enter"], gap);
      expect(codes).toEqual([text]);
      // The first letters of anything may be a person's; neither the blank nor Enter press a button.
      expect(through).toEqual([...text].slice(0, 2));
    }
  });

  it("may end its codes by Tab or by falling silent", () => {
    expect(typed(new Wedge(), [...JWT, "Tab"], 5).codes).toEqual([JWT]);
    const wedge = new Wedge();
    expect(typed(wedge, [...JWT], 5).codes).toEqual([]);
    expect(wedge.end()).toBe(JWT);
    expect(wedge.end()).toBeNull();
  });

  it("holds Shift between its letters", () => {
    const keys = [...JWT].flatMap((letter) => (/[A-Z]/.test(letter) ? ["Shift", letter] : [letter]));
    expect(typed(new Wedge(), [...keys, "Enter"], 4).codes).toEqual([JWT]);
  });

  it("is heard twice in a row", () => {
    expect(typed(new Wedge(), [...JWT, "Enter", ...COMPACT, "Enter"], 4).codes).toEqual([JWT, COMPACT]);
  });

  it("begins anew after a pause, whatever was typed before", () => {
    const wedge = new Wedge();
    typed(wedge, ["x", "y", "z"], 5, 0);
    expect(typed(wedge, [...JWT, "Enter"], 5, 500).codes).toEqual([JWT]);
  });

  it("holds no more than a code does", () => {
    const [code = ""] = typed(new Wedge(), [...Array.from({ length: 9_000 }, () => "A"), "Enter"], 1).codes;
    expect(code).toHaveLength(4_096);
  });
});

describe("a person who types", () => {
  it.each([
    ["fast", 70],
    ["slowly", 240],
  ])("%s loses no key", (_, gap) => {
    const keys = [..."ladder and rope", "Enter"];
    const { codes, through } = typed(new Wedge(), keys, gap);
    expect(codes).toEqual([]);
    expect(through).toEqual(keys);
  });

  it("may roll two keys into one and press Enter", () => {
    const wedge = new Wedge();
    expect([wedge.press("?", 0), wedge.press("n", 8), wedge.press("Enter", 16)].every(({ swallowed }) => !swallowed)).toBe(true);
  });
});

describe("what a scanner puts around a code", () => {
  const plain = { prefix: "", suffix: "" };
  it.each([
    [JWT, JWT],
    [COMPACT, COMPACT],
    [`]Q1${JWT}`, JWT],
    [`]Q2\\000026${JWT}`, JWT],
    [`\\000026${JWT}`, JWT],
    [`\u001d${JWT}\r\n`, JWT],
    ["]Q3", ""],
  ])("%j is read as %j", (text, code) => {
    expect(unwrapped(text, plain)).toBe(code);
  });

  it("is what it was set to", () => {
    expect(unwrapped(`<<${JWT}>>`, { prefix: "<<", suffix: ">>" })).toBe(JWT);
    expect(unwrapped(JWT, { prefix: "<<", suffix: ">>" })).toBe(JWT);
    expect(unwrapped(`<<]Q1${JWT}`, { prefix: "<<", suffix: "" })).toBe(JWT);
  });
});
