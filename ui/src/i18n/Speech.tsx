import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import type { Dictionary, Plural } from "./en";
import { formatCount } from "./format";
import {
  chooseLanguage,
  chooseLocale,
  DICTIONARIES,
  fill,
  isLanguage,
  type Language,
} from "./language";
import { recall, remember } from "../app/memory";

export interface Speech {
  language: Language;
  /** BCP 47 tag for dates and numbers. */
  locale: string;
  words: Dictionary;
  speak(language: Language): void;
  /** A count in the reader's digits. */
  count(n: number): string;
  /** A text that depends on a number. */
  many(text: Plural, n: number): string;
}

const SpeechContext = createContext<Speech | null>(null);

export function SpeechProvider({ children }: { children: ReactNode }) {
  const [language, speak] = useState<Language>(() => {
    const kept = recall("language");
    return kept !== null && isLanguage(kept) ? kept : chooseLanguage(navigator.languages);
  });
  useEffect(() => {
    document.documentElement.lang = language;
  }, [language]);
  const speech = useMemo<Speech>(() => {
    const locale = chooseLocale(language, navigator.languages);
    const plurals = new Intl.PluralRules(locale);
    const count = (n: number) => formatCount(locale, n);
    return {
      language,
      locale,
      words: DICTIONARIES[language],
      speak(next) {
        remember("language", next);
        speak(next);
      },
      count,
      many: (text, n) =>
        fill(plurals.select(n) === "one" ? text.one : text.other, { n: count(n) }),
    };
  }, [language]);
  return <SpeechContext value={speech}>{children}</SpeechContext>;
}

export function useSpeech(): Speech {
  const speech = useContext(SpeechContext);
  if (speech === null) throw new Error("useSpeech outside of SpeechProvider");
  return speech;
}
