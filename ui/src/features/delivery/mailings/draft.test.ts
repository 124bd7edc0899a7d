import { describe, expect, it } from "vitest";
import { draftOf, dueOf, type TypedMailing, usualGroup } from "./draft";

const ZONE = "Europe/Vienna";
const typed: TypedMailing = {
  kind: "ticket",
  group: "not_sent",
  type: null,
  session: null,
  batch: null,
  invitations: [],
  words: "",
  needed: false,
  later: false,
  day: null,
  time: "",
};

describe("a mailing as it is typed", () => {
  it("leaves at once unless a time is given, which is the event's own", () => {
    expect(dueOf(typed, ZONE)).toBeNull();
    expect(dueOf({ later: true, day: "2027-06-12", time: "09:30" }, ZONE)).toBe(Date.UTC(2027, 5, 12, 7, 30));
    expect(dueOf({ later: true, day: "2027-12-12", time: "09:30:00" }, ZONE)).toBe(Date.UTC(2027, 11, 12, 8, 30));
  });

  it("is not whole while its day, its time or its words are missing", () => {
    expect(draftOf({ ...typed, later: true }, ZONE)).toBeUndefined();
    expect(draftOf({ ...typed, later: true, day: "2027-06-12" }, ZONE)).toBeUndefined();
    expect(draftOf({ ...typed, kind: "announcement", words: " \n" }, ZONE)).toBeUndefined();
    expect(draftOf({ ...typed, kind: "announcement", words: " Bring a coat. " }, ZONE)?.message).toBe("Bring a coat.");
  });

  it("means all conditions together", () => {
    const some = { type: "a type", session: "a date", batch: "a batch", invitations: ["one", "another"] };
    const draft = draftOf({ ...typed, ...some, group: "coming" }, ZONE);
    expect(draft).toEqual({
      kind: "ticket",
      audience: {
        group: "coming",
        ticket_type: "a type",
        session: "a date",
        batch: "a batch",
        invitations: ["one", "another"],
      },
      message: "",
      needed: false,
      due_at: null,
    });
  });

  it("is told as needed only where it is the organizer's own words", () => {
    const said = { ...typed, words: "The car park is full.", needed: true };
    expect(draftOf({ ...said, kind: "announcement" }, ZONE)?.needed).toBe(true);
    expect(draftOf({ ...said, kind: "thanks" }, ZONE)?.needed).toBe(false);
  });

  it("is meant for those who still lack it, or for those whom it concerns", () => {
    expect(usualGroup("invitation")).toBe("not_sent");
    expect(usualGroup("reminder")).toBe("coming");
    expect(usualGroup("thanks")).toBe("came_in");
    expect(usualGroup("review")).toBe("came_in");
    expect(usualGroup("cancelled")).toBe("all");
  });
});
