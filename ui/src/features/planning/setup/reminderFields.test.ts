import { describe, expect, it } from "vitest";
import { giveReminders, takeReminders } from "./reminderFields";

const links = { rating_link: "", review_link: "" };
const usual = {
  reminders: { on: true, without: [], confirm_days: null, thanks: false, ...links },
  tell_changes: true,
};

describe("what leaves by itself", () => {
  it("is typed as what is sent and written as what is left out", () => {
    const fields = takeReminders({ ...usual, reminders: { ...usual.reminders, without: ["week"], confirm_days: 5 } });
    expect(fields).toMatchObject({ steps: ["two_weeks", "day", "hour"], confirm: true, days: 5 });
    expect(giveReminders(fields, { steps: ["day", "hour"] })).toEqual({
      reminders: { on: true, without: ["two_weeks", "week"], confirm_days: 5, thanks: false, ...links },
    });
  });

  it("never leaves out the hour before", () => {
    const { reminders } = giveReminders(takeReminders(usual), { steps: [] });
    expect(reminders?.without).toEqual(["two_weeks", "week", "day"]);
  });

  it("asks afterwards where there is a page for it, once more unless that is left out", () => {
    const fields = takeReminders(usual);
    expect(fields.again).toBe(true);
    const { reminders } = giveReminders(fields, { review: " https://say.example.org ", again: false });
    expect(reminders).toMatchObject({ review_link: "https://say.example.org", without: ["last_review"] });
    expect(takeReminders({ ...usual, reminders: reminders ?? usual.reminders }).again).toBe(false);
  });

  it("writes only what was changed", () => {
    const fields = takeReminders(usual);
    expect(giveReminders(fields, { tell_changes: false })).toEqual({ tell_changes: false });
    expect(giveReminders(fields, { confirm: true })).toEqual({
      reminders: { on: true, without: [], confirm_days: 7, thanks: false, ...links },
    });
    expect(giveReminders(fields, {})).toEqual({});
  });
});
