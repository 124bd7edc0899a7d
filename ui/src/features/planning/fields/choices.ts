import { useMemo } from "react";
import { nameCurrency, nameLanguage, useSpeech } from "../../../locales";

const LANGUAGES = [
  "ar", "bg", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fi", "fr", "ga", "gl",
  "he", "hi", "hr", "hu", "id", "is", "it", "ja", "ko", "lt", "lv", "mt", "nb", "nl", "pl", "pt",
  "ro", "sk", "sl", "sr", "sv", "th", "tr", "uk", "vi", "zh",
];

export interface Choice {
  value: string;
  label: string;
}

const byLabel = (a: Choice, b: Choice) => a.label.localeCompare(b.label);

/** Languages by the reader's words; one that is known already is always among them. */
export function useLanguages(known: string): Choice[] {
  const { locale } = useSpeech();
  return useMemo(
    () =>
      [...new Set([...LANGUAGES, known])]
        .map((tag) => ({ value: tag, label: nameLanguage(locale, tag) }))
        .toSorted(byLabel),
    [locale, known],
  );
}

/** Currencies by code and the reader's words: `EUR · Euro`. */
export function useCurrencies(): Choice[] {
  const { locale } = useSpeech();
  return useMemo(
    () =>
      Intl.supportedValuesOf("currency").map((code) => ({
        value: code,
        label: `${code} · ${nameCurrency(locale, code)}`,
      })),
    [locale],
  );
}

/** Time zones by name; one that the browser doesn't list is always among them. */
export function useZones(known: string): Choice[] {
  return useMemo(
    () =>
      [...new Set([...Intl.supportedValuesOf("timeZone"), "UTC", known])]
        .toSorted()
        .map((zone) => ({ value: zone, label: zone.replaceAll("_", " ") })),
    [known],
  );
}
