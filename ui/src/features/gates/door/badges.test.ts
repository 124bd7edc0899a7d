import { describe, expect, it } from "vitest";
import type { BadgeSettings } from "../../../api/gate";
import { KINDS, papersOf, withKind } from "./badges";

const settings: BadgeSettings = { kind: "badge", paper: "card", ticket_types: ["a"], at_once: true, code: true };

describe("what is printed", () => {
  it("comes on paper that fits it, whatever was chosen before", () => {
    for (const before of KINDS) {
      for (const paper of papersOf(before)) {
        for (const kind of KINDS) {
          const after = withKind({ ...settings, kind: before, paper }, kind);
          expect(papersOf(kind)).toContain(after.paper);
          expect(after).toMatchObject({ kind, ticket_types: ["a"], at_once: true });
        }
      }
    }
  });

  it("keeps the paper where it fits, and the code on badges alone", () => {
    expect(withKind({ ...settings, paper: "roll80" }, "receipt")).toMatchObject({ paper: "roll80", code: false });
    expect(withKind(settings, "badge")).toEqual(settings);
    expect(withKind(settings, "a poster").kind).toBe("nothing");
  });
});
