import { describe, expect, it } from "vitest";
import { readDay } from "./dayText";

describe("a day that is typed", () => {
  it.each([
    ["14/05/2027", "en-GB", "2027-05-14"],
    ["5/14/2027", "en-US", "2027-05-14"],
    ["14.5.27", "fr", "2027-05-14"],
    ["2027-5-14", "es", "2027-05-14"],
    ["14/5", "en-GB", "2027-05-14"],
    ["24/11", "en-GB", "2026-11-24"],
    ["31/02/2027", "en-GB", null],
    ["Fri 14 May", "en-GB", null],
    ["14", "en-GB", null],
    ["", "en-GB", null],
  ])("%j in %s is %j", (text, locale, day) => {
    expect(readDay(text, locale, "2026-11-21")).toBe(day);
  });
});
