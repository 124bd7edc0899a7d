import i18next, { type i18n, type Resource, type ResourceLanguage } from "i18next";
import { initReactI18next } from "react-i18next";
import { recall, remember } from "../platform";
import { isolate } from "./direction";
import en from "./en.json";
import { formatCount } from "./format";
import { mirror } from "./pseudo";

/** English in disguise, mirrored: it shows what was left untranslated or points the wrong way. */
export const PSEUDO = "ar-XB";

/** Every language is a file beside this one; adding the file adds the language. */
const FILES = import.meta.glob<ResourceLanguage>("./*.json", { import: "default" });

const tagOf = (path: string) => path.replace(/^\.\/|\.json$/g, "");

/** The languages of the interface, by tag. */
export const LANGUAGES: readonly string[] = Object.keys(FILES).map(tagOf).sort();

/** A language under its own name: `Español`. */
export function ownName(language: string): string {
  const name = new Intl.DisplayNames(language, { type: "language" }).of(language) ?? language;
  return name.charAt(0).toLocaleUpperCase(language) + name.slice(1);
}

const base = (tag: string) => tag.toLowerCase().split("-")[0] ?? "";

/** The first of the reader's languages that the interface speaks; English when none is. */
export function chooseLanguage(wanted: readonly string[]): string {
  for (const tag of wanted) {
    const found = LANGUAGES.find((known) => known === tag) ?? LANGUAGES.find((known) => known === base(tag));
    if (found !== undefined) return found;
  }
  return "en";
}

/** The reader's own regional form of `language` when they named one, for dates and numbers. */
export function chooseLocale(language: string, wanted: readonly string[]): string {
  const spoken = language === PSEUDO ? "en" : language;
  return wanted.find((tag) => base(tag) === base(spoken)) ?? spoken;
}

async function readLanguage(language: string): Promise<ResourceLanguage> {
  if (language === "en") return en;
  if (language === PSEUDO) return mirror(en);
  const read = FILES[`./${language}.json`];
  if (read === undefined) throw new Error(`no language ${language}`);
  return read();
}

const isKnown = (language: string) => language === PSEUDO || LANGUAGES.includes(language);

/** Speaks another language from now on, and remembers it. */
export async function speak(language: string): Promise<void> {
  if (!isKnown(language)) return;
  if (!i18next.hasResourceBundle(language, "translation")) {
    i18next.addResourceBundle(language, "translation", await readLanguage(language));
  }
  await i18next.changeLanguage(language);
  remember("language", language);
}

/** Makes the language ready that was chosen last, or the reader's own; before anything is shown. */
export async function startSpeech(wanted: readonly string[] = navigator.languages): Promise<i18n> {
  const kept = recall("language");
  const language = kept !== null && isKnown(kept) ? kept : chooseLanguage(wanted);
  const resources: Resource = { en: { translation: en } };
  resources[language] = { translation: await readLanguage(language) };
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: "en",
    resources,
    // React escapes what it shows; what remains is that a value may turn the sentence around it.
    interpolation: { escapeValue: true, escape: (value) => isolate(String(value)) },
    react: { useSuspense: false },
  });
  i18next.services.formatter?.add("number", (value: number, lng) =>
    formatCount(chooseLocale(lng ?? "en", navigator.languages), value),
  );
  return i18next;
}

declare module "i18next" {
  interface CustomTypeOptions {
    resources: { translation: typeof en };
  }
}
