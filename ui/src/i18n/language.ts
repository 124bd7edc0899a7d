import { de } from "./de";
import { type Dictionary, en } from "./en";
import { es } from "./es";

/** The languages of the interface, each under its own name. */
export const LANGUAGES = { en: "English", es: "Español", de: "Deutsch" } as const;

export type Language = keyof typeof LANGUAGES;

export const DICTIONARIES: Record<Language, Dictionary> = { en, es, de };

export function isLanguage(tag: string): tag is Language {
  return Object.hasOwn(LANGUAGES, tag);
}

const base = (tag: string) => tag.toLowerCase().split("-")[0] ?? "";

/** The first of the reader's languages that the interface speaks; English when none is. */
export function chooseLanguage(wanted: readonly string[]): Language {
  return wanted.map(base).find(isLanguage) ?? "en";
}

/** The reader's own regional form of `language` when they named one, for dates and numbers. */
export function chooseLocale(language: Language, wanted: readonly string[]): string {
  return wanted.find((tag) => base(tag) === language) ?? language;
}

/** Puts values into the `{places}` of a text. */
export function fill(text: string, values: Record<string, string | number>): string {
  return text.replace(/\{(\w+)\}/g, (place, name: string) => String(values[name] ?? place));
}
