import i18next from "i18next";
import { useSpeech } from "../locales";
import type { FieldProblem } from "./problem";

/** Says what a field was refused for in the reader's words; in the API's own where there are none. */
export function useRefusal(): (problem: Pick<FieldProblem, "code" | "message">) => string {
  const { t } = useSpeech();
  return ({ code, message }) => {
    // In the texts' own spelling: an ending such as `_many` would name a plural form.
    const name = code.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const key = `refused.${name}`;
    return i18next.exists(key) ? t(key as "refused.titleTooShort") : message;
  };
}
