import { describe, expect, it } from "vitest";
import { groupsOf } from "./fingerprint";

describe("a fingerprint", () => {
  it("is read in groups of four pairs, and loses no digit", () => {
    const pairs = Array.from({ length: 32 }, (_, n) => (n * 7).toString(16).padStart(2, "0").toUpperCase());
    const groups = groupsOf(pairs.join(":"));
    expect(groups).toHaveLength(8);
    expect(groups[0]).toBe("00 07 0E 15");
    expect(groups.join(" ").split(" ")).toEqual(pairs);
  });

  it("ends with what is left over", () => {
    expect(groupsOf("01:02:03:04:05")).toEqual(["01 02 03 04", "05"]);
  });
});
