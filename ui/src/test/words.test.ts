import { describe, expect, it } from "vitest";
import { en } from "../i18n/en";
import { chooseLanguage, chooseLocale, DICTIONARIES, fill, LANGUAGES } from "../i18n/language";

type Tree = { [key: string]: string | Tree };

function texts(tree: Tree, path = ""): Map<string, string> {
  const found = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    const here = path === "" ? key : `${path}.${key}`;
    if (typeof value === "string") found.set(here, value);
    else for (const [deeper, text] of texts(value, here)) found.set(deeper, text);
  }
  return found;
}

const holes = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

describe("the dictionaries", () => {
  const english = texts(en as unknown as Tree);

  it.each(Object.keys(LANGUAGES) as (keyof typeof LANGUAGES)[])(
    "%s says everything, with the same values in it",
    (language) => {
      const spoken = texts(DICTIONARIES[language] as unknown as Tree);
      expect([...spoken.keys()]).toEqual([...english.keys()]);
      for (const [key, text] of spoken) {
        expect(text.trim(), `${language}: ${key}`).not.toBe("");
        expect(holes(text), `${language}: ${key}`).toEqual(holes(english.get(key) ?? ""));
      }
    },
  );

  it.each(["es", "de"] as const)("%s is not English left as it was", (language) => {
    const spoken = texts(DICTIONARIES[language] as unknown as Tree);
    const same = [...spoken].filter(([key, text]) => english.get(key) === text).map(([key]) => key);
    // Names, and words that the languages share.
    expect(same.filter((key) => !/^product$|name$|tickets?$|scans\.|partyKind|themeSystem/i.test(key))).toEqual([]);
  });
});

describe("choosing a language", () => {
  it.each([
    [["de-AT", "en"], "de"],
    [["fr-FR", "es-MX", "en"], "es"],
    [["ja"], "en"],
    [[], "en"],
  ] as const)("%j is spoken to in %s", (wanted, chosen) => {
    expect(chooseLanguage(wanted)).toBe(chosen);
  });

  it("keeps the reader's region for dates and numbers", () => {
    expect(chooseLocale("de", ["en", "de-AT"])).toBe("de-AT");
    expect(chooseLocale("es", ["de-AT"])).toBe("es");
  });

  it("fills what it knows and leaves the rest to be seen", () => {
    expect(fill("{a} and {b}", { a: "one" })).toBe("one and {b}");
  });
});
