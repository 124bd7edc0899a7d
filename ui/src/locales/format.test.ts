import { describe, expect, it } from "vitest";
import {
  formatCount,
  formatMoment,
  formatMoney,
  formatShare,
  formatSpan,
  formatTime,
  nameLanguage,
} from "./format";
/** 12 December 2026, 18:02 UTC: 19:02 in Vienna, 13:02 in New York. */
const ARRIVAL = Date.UTC(2026, 11, 12, 18, 2);

/** Browsers put narrow and plain spaces in different places; readers see no difference. */
const spaced = (text: string) => text.replace(/\s/g, " ");

describe("times in the event's zone", () => {
  it.each([
    ["Europe/Vienna", "19:02"],
    ["America/New_York", "13:02"],
    ["Asia/Kathmandu", "23:47"],
    ["Pacific/Auckland", "07:02"],
  ])("%s reads %s", (zone, time) => {
    expect(formatTime("en-GB", zone, ARRIVAL)).toBe(time);
  });

  it("moves the day with the zone", () => {
    expect(formatMoment("en-GB", "Pacific/Auckland", ARRIVAL)).toMatch(/^Sun,? 13 Dec 2026/);
    expect(formatMoment("en-GB", "Europe/Vienna", ARRIVAL)).toMatch(/^Sat,? 12 Dec 2026/);
  });

  it("follows the zone through the change of clocks", () => {
    const before = Date.UTC(2026, 9, 25, 0, 30);
    expect(formatTime("de", "Europe/Vienna", before)).toBe("02:30");
    expect(formatTime("de", "Europe/Vienna", before + 3_600_000)).toBe("02:30");
  });

  it("says the day once for an evening, and both days for more", () => {
    const evening = formatSpan("en-GB", "Europe/Vienna", ARRIVAL, ARRIVAL + 4 * 3_600_000);
    // Some versions of the language data put a comma after the weekday.
    expect(spaced(evening)).toMatch(/^Saturday,? 12 December 2026, 19:02 – 23:02$/);
    const fair = formatSpan("en-GB", "Europe/Vienna", ARRIVAL, ARRIVAL + 48 * 3_600_000);
    expect(fair).toContain("12");
    expect(fair).toContain("14 December 2026");
  });
});

describe("numbers", () => {
  it("groups digits as the reader does", () => {
    expect(formatCount("en-GB", 100_000)).toBe("100,000");
    expect(formatCount("de", 100_000)).toBe("100.000");
  });

  it("says 100 % only of everyone", () => {
    expect(spaced(formatShare("en-GB", 999, 1_000))).toBe("99%");
    expect(spaced(formatShare("en-GB", 1_000, 1_000))).toBe("100%");
    expect(spaced(formatShare("en-GB", 0, 0))).toBe("0%");
  });

  it("knows how many minor units a currency has", () => {
    expect(spaced(formatMoney("en-GB", 2_500, "EUR"))).toBe("€25.00");
    expect(spaced(formatMoney("en-GB", 2_500, "JPY"))).toMatch(/2,500$/);
  });

  it("names languages, and shows an unknown tag as it is", () => {
    expect(nameLanguage("en", "de")).toBe("German");
    expect(nameLanguage("en", "not a tag")).toBe("not a tag");
  });
});
