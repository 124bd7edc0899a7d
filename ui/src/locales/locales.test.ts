import i18next from "i18next";
import { describe, expect, it, vi } from "vitest";
import en from "./en.json";
import {
  chooseLanguage,
  chooseLocale,
  LANGUAGES,
  ownName,
  PSEUDO,
  speak,
  startSpeech,
} from "./language";
import { mirrorText } from "./pseudo";

type Tree = { [key: string]: string | Tree };

const FILES = import.meta.glob<Tree>("./*.json", { import: "default", eager: true });

const FORMS = "zero|one|two|few|many|other";
const PLURAL = new RegExp(`^(.*)_(${FORMS})$`);

function texts(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") found.set(here, value);
    else for (const [deeper, text] of texts(value, here)) found.set(deeper, text);
  }
  return found;
}

/** The plural forms that whole numbers up to a few thousand take in a language. */
function forms(language: string): string[] {
  const rules = new Intl.PluralRules(language);
  return [...new Set(Array.from({ length: 2_000 }, (_, n) => rules.select(n)))].sort();
}

/** Each text's key, once for all of its plural forms, with the texts by form. */
function byKey(tree: Tree): Map<string, Map<string, string>> {
  const found = new Map<string, Map<string, string>>();
  for (const [path, text] of texts(tree)) {
    const [, key = path, form = ""] = PLURAL.exec(path) ?? [];
    found.set(key, (found.get(key) ?? new Map()).set(form, text));
  }
  return found;
}

const holes = (text: string) => [...text.matchAll(/\{\{([^}]*)\}\}/g)].map(([, hole]) => hole).sort();

const english = byKey(en);

describe.each(LANGUAGES)("%s", (language) => {
  const spoken = byKey(FILES[`./${language}.json`] ?? {});

  it("has exactly the keys of English", () => {
    expect([...spoken.keys()].sort()).toEqual([...english.keys()].sort());
  });

  it("has every plural form that its numbers take, and the same values in each text", () => {
    for (const [key, by] of spoken) {
      const known = english.get(key);
      const plural = known?.has("other") ?? false;
      expect([...by.keys()].sort(), key).toEqual(plural ? forms(language) : [""]);
      for (const [form, text] of by) {
        expect(text.trim(), key).not.toBe("");
        const like = known?.get(form) ?? known?.get("other") ?? "";
        expect(holes(text), `${key} ${form}`).toEqual(holes(like));
      }
    }
  });

  it("is not English left as it was", () => {
    if (language === "en") return;
    const same = [...spoken].filter(([key, by]) => by.get("") === english.get(key)?.get(""));
    const left = same.map(([key]) => key).filter((key) => !english.get(key)?.has("other"));
    // Names, and words that the languages share.
    const shared = /^product$|[iI]nvitations?$|\.(type|zones|actions|email)$|^palette\.actions|^partyKind|^role/;
    expect(left.filter((key) => !shared.test(key))).toEqual([]);
  });

  it("says its own name", () => {
    expect(ownName(language)).toMatch(/^\p{Lu}/u);
  });
});

describe("choosing a language", () => {
  it.each([
    [["es-AR", "en"], "es"],
    [["ja", "fr-CA", "en"], "fr"],
    [["ja"], "en"],
    [[], "en"],
  ] as const)("%j is spoken to in %s", (wanted, chosen) => {
    expect(chooseLanguage(wanted)).toBe(chosen);
  });

  it("keeps the reader's region for dates and numbers", () => {
    expect(chooseLocale("es", ["en", "es-MX"])).toBe("es-MX");
    expect(chooseLocale("es", ["fr-CH"])).toBe("es");
  });

  it("counts in the plural forms and digits of the language", async () => {
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["fr-FR"]);
    await startSpeech();
    expect(i18next.t("guests.found", { count: 0 })).toBe("0 trouvé");
    expect(i18next.t("guests.found", { count: 12_000 })).toMatch(/^12\s000 trouvés$/);
    expect(i18next.t("guests.found", { count: 1_000_000 })).toMatch(/trouvés$/);
  });
});

describe("the mirrored language", () => {
  it("keeps values as they are and turns the page", async () => {
    expect(mirrorText("{{count, number}} found")).toBe("{{count, number}}\u202e found\u202c");
    vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB"]);
    await startSpeech();
    await speak(PSEUDO);
    expect(i18next.dir()).toBe("rtl");
    expect(i18next.t("guests.found", { count: 1_200 })).toBe("1,200\u202e found\u202c");
    expect(LANGUAGES).not.toContain(PSEUDO);
  });
});
