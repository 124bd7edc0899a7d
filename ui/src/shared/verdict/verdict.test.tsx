import { render, screen } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { CODES, DOOR_LANGUAGES, ENGLISH, languageFor, letsPass, type Shown, SIGNALS, speakAtDoor, TONES, toneOf, UndecidedScreen, VerdictScreen, wordsOf } from "./index";

const AT = Date.UTC(2026, 11, 12, 18, 2);
const VIENNA = "Europe/Vienna";

const shown = (given: Partial<Shown> = {}): Shown => ({
  scan: "5eed0001-0000-8000-9000-00000000000a",
  at: AT,
  verdict: "admitted",
  code: "admitted",
  attention: false,
  mode: "home",
  status: "SUCCESS",
  message: "Welcome.",
  ticket: "5eed0001-0000-8000-9000-000000000001",
  number: 2847,
  name: "Zoë Ŝlâpfer-O’Neill",
  ticket_type: "VIP",
  colour: 1,
  seat: "Table 4 · Seat 2",
  zone: null,
  note: null,
  language: "en",
  first_time: false,
  party: null,
  first_used_at: null,
  first_used_gate: null,
  doors_at: null,
  rule: null,
  rule_message: null,
  questions: [],
  undo_until: null,
  badge: false,
  photo: false,
  ...given,
});

const refused = (code: string, given: Partial<Shown> = {}) =>
  shown({ verdict: "refused", code, status: "INVALID", ...given });

describe("the tone of a verdict", () => {
  it.each([
    [shown(), "admitted"],
    [shown({ code: "forced" }), "admitted"],
    [shown({ verdict: "exited", code: "exited" }), "exited"],
    [shown({ verdict: "undone", code: "undone" }), "undone"],
    [refused("used"), "refused"],
    [refused("too_early", { attention: true }), "attention"],
    // An admission never turns amber, whatever else is said.
    [shown({ attention: true }), "admitted"],
  ] as const)("of %o", (given, tone) => {
    expect(toneOf(given)).toBe(tone);
  });

  it("lets somebody pass when they were admitted or left, and never else", () => {
    expect(TONES.filter(letsPass)).toEqual(["admitted", "exited"]);
  });

  it("sounds like no other, and only what admits is one high note", () => {
    const heard = TONES.map((tone) => JSON.stringify(SIGNALS[tone]));
    expect(new Set(heard).size).toBe(TONES.length);
    const single = TONES.filter((tone) => SIGNALS[tone].length === 1 && (SIGNALS[tone][0]?.pitch ?? 0) > 500);
    expect(single).toEqual(["admitted"]);
  });
});

describe.each(DOOR_LANGUAGES)("the words of a door in %s", (language) => {
  it("are there for every code, with and without what else is known", async () => {
    const speech = await speakAtDoor(language);
    expect(speech.language).toBe(language);
    const heads = new Map<string, string>();
    for (const code of CODES) {
      const passes = code === "admitted" || code === "forced";
      for (const given of [
        {},
        { first_used_at: AT, first_used_gate: "Gate B", doors_at: AT, zone: "Lounge", rule: "After six", ticket: null },
      ]) {
        const words = wordsOf(passes ? shown({ code, ...given }) : refused(code, given), speech, VIENNA);
        for (const text of Object.values(words)) {
          if (text === null) continue;
          expect(text.trim(), code).not.toBe("");
          expect(text, code).not.toMatch(/\{\{|undefined|null/);
        }
        if (passes) continue;
        if (code !== "exited" && code !== "undone") expect(words.todo, code).not.toBeNull();
        heads.set(code, words.head);
      }
    }
    // Four words at most, and few letters: they have to be read across a hall.
    for (const [code, head] of heads) {
      expect(head.split(/\s+/).length, `${code}: ${head}`).toBeLessThanOrEqual(4);
      expect(Math.max(...head.split(/\s+/).map((word) => word.length)), head).toBeLessThanOrEqual(13);
    }
  });

  it("are those of English, key by key, with the same values", async () => {
    const files = import.meta.glob<Record<string, string>>("../../locales/door/*.json", { import: "default", eager: true });
    const english = files["../../locales/door/en.json"] ?? {};
    const own = files[`../../locales/door/${language}.json`] ?? {};
    const holes = (text = "") => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(([, name]) => name).sort();
    expect(Object.keys(own).sort()).toEqual(Object.keys(english).sort());
    for (const [key, text] of Object.entries(own)) expect(holes(text), key).toEqual(holes(english[key]));
    if (language === "en") return;
    const same = Object.keys(own).filter((key) => own[key] === english[key]);
    expect(same.filter((key) => key !== "tone.attention")).toEqual([]);
  });
});

describe("the language for a guest", () => {
  it.each([
    ["fr-CA", "es", "fr-CA"],
    ["sv", "es", "es"],
    [null, "fr", "fr"],
  ])("of %s at a gate in %s is %s", (guest, gate, language) => {
    expect(languageFor(guest, gate)).toBe(language);
  });
});

describe("the words of a used ticket", () => {
  it.each([
    [{ first_used_at: AT, first_used_gate: "Gate B" }, "Used at Gate B at 19:02."],
    [{ first_used_at: AT }, "Used at 19:02."],
    [{ first_used_at: AT - 86_400_000, first_used_gate: "Gate B" }, "Used at Gate B on 11 Dec at 19:02."],
    [{ first_used_at: AT - 86_400_000 }, "Used on 11 Dec at 19:02."],
    [{}, "This ticket has let somebody in before."],
  ])("with %o", (given, why) => {
    expect(wordsOf(refused("used", given), ENGLISH, VIENNA).why).toBe(why);
  });
});

describe("the words of a rule that refuses", () => {
  it.each([
    ["The lounge opens at six.", "Rule: After six. The lounge opens at six."],
    [undefined, "Rule: After six."],
  ])("with %j", (words, why) => {
    // What the office says in English stands in no other language.
    const message = "A rule of the organizer keeps this ticket out. Call a supervisor.";
    const given = refused("rule_refused", { rule: "After six", message, ...(words !== undefined && { rule_message: words }) });
    expect(wordsOf(given, ENGLISH, VIENNA).todo).toBe(ENGLISH.say("do.rule_refused"));
    expect(wordsOf(given, ENGLISH, VIENNA).why?.replace(/[\u2066-\u2069]/gu, "")).toBe(why);
    render(<VerdictScreen shown={given} speech={ENGLISH} zone={VIENNA} />);
    expect(screen.getByRole("alert").textContent?.replace(/[\u2066-\u2069]/gu, "")).toContain(why);
  });
});

describe("a code that is new", () => {
  it("is refused in the words that came with it", () => {
    const words = wordsOf(refused("moon_too_full", { message: "The moon is too full." }), ENGLISH, VIENNA);
    expect(words).toEqual({ head: "No entry", why: "The moon is too full.", todo: "Call a supervisor." });
  });

  it("admits only where the verdict says so", () => {
    expect(wordsOf(shown({ code: "moonlit", message: "" }), ENGLISH, VIENNA)).toEqual({ head: "Welcome", why: null, todo: null });
  });
});

describe("the verdict's screen", () => {
  it("shows name, type with its letter, seat, number, note and party", () => {
    const party = { number: "INV-0012", label: "Family O’Neill", members: 4, inside: 3 };
    render(
      <VerdictScreen shown={shown({ first_time: true, note: "birthday", party })} speech={ENGLISH} zone={VIENNA} />,
    );
    const said = screen.getByRole("alert").textContent ?? "";
    for (const text of ["Welcome", "Zoë Ŝlâpfer-O’Neill", "BVIP", "Table 4 · Seat 2", "No. 2847", "first time here", "birthday", "Family O’Neill INV-0012 · 3 of 4 inside"]) {
      expect(said).toContain(text);
    }
  });

  it("names nobody where the code is of no ticket", () => {
    render(
      <VerdictScreen
        shown={refused("malformed", { ticket: null, name: null, number: null, ticket_type: null, seat: null })}
        speech={ENGLISH}
        zone={VIENNA}
      />,
    );
    expect(screen.queryByText("Guest")).toBeNull();
    expect(screen.getByText("Not a ticket")).toBeTruthy();
  });

  it("shows what is to be asked", () => {
    render(
      <VerdictScreen
        shown={refused("questions_open", { attention: true, questions: ["Any allergies?"] })}
        speech={ENGLISH}
        zone={VIENNA}
      />,
    );
    expect(screen.getByText("Any allergies?")).toBeTruthy();
    expect(document.querySelector('[data-tone="attention"]')).not.toBeNull();
  });

  it("is never green where nothing was decided", () => {
    render(<UndecidedScreen speech={ENGLISH} />);
    expect(document.querySelector('[data-tone="admitted"]')).toBeNull();
    expect(screen.getByRole("alert").textContent).toContain("Nobody may enter on this.");
  });
});
