import { describe, expect, it } from "vitest";
import type { DoorSettings } from "../../../api/gates";
import { fieldsOf, minuteOf, sayMinute, settingsOf } from "./doorFields";

const settings: Omit<DoorSettings, "pin_set"> = {
  re_entry: "after_exit",
  auto_exit_minute: 300,
  walk_ins: true,
  undo_minutes: 5,
  kiosk_welcome: null,
  questions: ["Coat or bag?"],
  zones: [],
  badge: { kind: "badge", paper: "card", ticket_types: [], at_once: true, code: false },
  show_photo: true,
};

describe("the door's settings as they are typed", () => {
  it("come back as they were, for every minute of the day and for none", () => {
    for (const auto_exit_minute of [null, ...Array.from({ length: 1_440 }, (_, minute) => minute)]) {
      const rest = { ...settings, auto_exit_minute };
      expect(settingsOf(fieldsOf({ ...rest, pin_set: true }))).toEqual(rest);
    }
  });

  it("leave out blank questions and a blank welcome", () => {
    const fields = { ...fieldsOf({ ...settings, pin_set: true }), questions: [" ", "Coat? ", ""], kiosk_welcome: "  " };
    expect(settingsOf(fields)).toMatchObject({ questions: ["Coat?"], kiosk_welcome: null });
  });

  it.each([
    ["", null],
    ["5", null],
    ["24:00", null],
    ["05:00", 300],
    ["23:59:00", 1_439],
  ])("reads %j", (typed, minute) => {
    expect(minuteOf(typed)).toBe(minute);
  });

  it("says a minute with two digits each", () => {
    expect([0, 65, 1_439].map(sayMinute)).toEqual(["00:00", "01:05", "23:59"]);
  });
});
