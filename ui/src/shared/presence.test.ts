import { describe, expect, it } from "vitest";
import { AWAY_MS, Presence } from "./presence";

describe("a code in view", () => {
  it("is told once while it stays, and again after it was away", () => {
    const presence = new Presence();
    expect(presence.see(["a"], 0)).toEqual(["a"]);
    for (let at = 100; at < 20_000; at += 100) expect(presence.see(["a"], at)).toEqual([]);
    expect(presence.see([], 20_000)).toEqual([]);
    expect(presence.see(["a"], 19_900 + AWAY_MS - 1)).toEqual([]);
    // Seen a moment ago: the two seconds begin anew.
    expect(presence.see(["a"], 19_900 + AWAY_MS + 100)).toEqual([]);
    expect(presence.see(["a"], 19_900 + 2 * AWAY_MS + 100)).toEqual(["a"]);
  });

  it("is told apart from others in the same picture", () => {
    const presence = new Presence();
    expect(presence.see(["a", "b", "a"], 0)).toEqual(["a", "b"]);
    expect(presence.see(["b", "c"], 1_000)).toEqual(["c"]);
    expect(presence.see(["a", "b"], 2_000)).toEqual(["a"]);
  });
});
