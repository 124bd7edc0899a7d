import type { TFunction } from "i18next";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { formatCount } from "./format";
import { chooseLocale } from "./language";

export interface Speech {
  t: TFunction;
  language: string;
  /** BCP 47 tag for dates and numbers. */
  locale: string;
  /** A count in the reader's digits. */
  count(n: number): string;
}

/** How the reader is spoken to. */
export function useSpeech(): Speech {
  const { t, i18n } = useTranslation();
  const { language } = i18n;
  return useMemo(() => {
    const locale = chooseLocale(language, navigator.languages);
    return { t, language, locale, count: (n: number) => formatCount(locale, n) };
  }, [t, language]);
}
