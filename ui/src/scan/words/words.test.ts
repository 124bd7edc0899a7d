import { describe, expect, it, vi } from "vitest";
import { DOOR_LANGUAGES } from "../../shared/verdict";
import { firstLanguage, LANGUAGES, speechIn } from ".";

const FILES = import.meta.glob<Record<string, string>>("./*.json", { import: "default", eager: true });
const textsOf = (language: string) => FILES[`./${language}.json`] ?? {};
const holes = (text = "") => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
const english = textsOf("en");

/** Words that the languages share. */
const SHARED = ["counts"];

describe.each(DOOR_LANGUAGES)("the scanner in %s", (language) => {
  const own = textsOf(language);

  it("says all that it says in English, with the same values", () => {
    expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(own)) {
      expect(text.trim(), key).not.toBe("");
      expect(holes(text), key).toEqual(holes(english[key]));
    }
  });

  it("is not English left as it was", () => {
    if (language === "en") return;
    const same = Object.keys(own).filter((key) => own[key] === english[key]);
    expect(same.filter((key) => !SHARED.includes(key))).toEqual([]);
  });

  it("counts in its own forms", async () => {
    const { sayCount } = await speechIn(language);
    expect(sayCount("end.waiting", 1)).not.toBe(sayCount("end.waiting", 2));
    expect(sayCount("end.waiting", 1_200)).toMatch(/1.?200/);
  });
});

describe("the first language", () => {
  it.each([
    [["es-AR", "en"], "es"],
    [["ja", "fr-CA"], "fr"],
    [["ja"], "en"],
    [[], "en"],
  ] as const)("for %j is %s", (wanted, chosen) => {
    expect(firstLanguage(wanted)).toBe(chosen);
    expect(LANGUAGES).toContain(chosen);
  });

  it("is the one that was chosen here", () => {
    localStorage.setItem("gatehouse.language", "fr");
    expect(firstLanguage(["es"])).toBe("fr");
  });
});

describe("times", () => {
  it("stand in the event's zone, with the day where that is another", async () => {
    vi.spyOn(Date, "now").mockReturnValue(Date.parse("2026-12-05T18:30:00Z"));
    const { when } = await speechIn("en");
    expect(when("Europe/Vienna", Date.parse("2026-12-05T18:02:00Z"))).toBe("19:02");
    expect(when("Europe/Vienna", Date.parse("2026-12-01T18:02:00Z"))).toMatch(/1 Dec 2026.*19:02/);
  });
});
