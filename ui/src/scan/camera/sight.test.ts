import { describe, expect, it } from "vitest";
import { AWAY_MS, Sight } from "./sight";
import { stateOf } from "./camera";

describe("what comes into view", () => {
  it("is told once while it stays, and again after it was away for two seconds", () => {
    const sight = new Sight();
    expect(sight.fresh(["a"], 0)).toEqual(["a"]);
    for (let at = 100; at <= 10_000; at += 100) expect(sight.fresh(["a"], at)).toEqual([]);
    // A picture that could not be read is no absence.
    expect(sight.fresh([], 10_100)).toEqual([]);
    expect(sight.fresh(["a"], 10_000 + AWAY_MS - 1)).toEqual([]);
    expect(sight.fresh([], 13_000)).toEqual([]);
    expect(sight.fresh(["a"], 12_000 + AWAY_MS)).toEqual(["a"]);
  });

  it("is told apart when there are several", () => {
    const sight = new Sight();
    expect(sight.fresh(["a", "b", "a"], 0)).toEqual(["a", "b"]);
    expect(sight.fresh(["b", "c"], 100)).toEqual(["c"]);
    expect(sight.fresh(["a"], AWAY_MS)).toEqual(["a"]);
  });
});

describe("a camera that can't be had", () => {
  it.each([
    ["NotAllowedError", "refused"],
    ["SecurityError", "refused"],
    ["NotReadableError", "busy"],
    ["NotFoundError", "missing"],
    ["OverconstrainedError", "missing"],
  ])("%s is %s", (name, state) => {
    expect(stateOf(new DOMException("", name))).toBe(state);
  });
});
