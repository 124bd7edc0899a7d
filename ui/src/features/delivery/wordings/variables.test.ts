import { describe, expect, it } from "vitest";
import { groupsOf, insertAt, lineAt } from "./variables";

describe("writing a wording", () => {
  it("puts a variable where the cursor is, in place of what is selected", () => {
    expect(insertAt("Dear friend,", 5, 11, "{{ guest.name }}")).toEqual({ text: "Dear {{ guest.name }},", at: 21 });
    expect(insertAt("", 0, 0, "x")).toEqual({ text: "x", at: 1 });
  });

  it("finds a line, and the last one where there are fewer", () => {
    const text = "one\ntwo\nthree";
    expect(lineAt(text, 1)).toEqual({ from: 0, until: 3 });
    expect(lineAt(text, 2)).toEqual({ from: 4, until: 7 });
    expect(lineAt(text, 9)).toEqual({ from: 8, until: 13 });
    expect(lineAt("", 3)).toEqual({ from: 0, until: 0 });
  });

  it("offers what changed only where something changed", () => {
    expect(groupsOf("change")).toContain("change");
    expect(groupsOf("invitation")).not.toContain("change");
    expect(groupsOf("reminder")).toContain("reminder");
    expect(groupsOf("thanks")).toContain("guest");
    expect(groupsOf("rating")).toContain("feedback");
    expect(groupsOf("thanks")).not.toContain("feedback");
  });
});
