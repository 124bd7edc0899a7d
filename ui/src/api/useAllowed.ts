import { useSpeech } from "../locales";
import type { Action } from "./types";
import { useMay } from "./useSession";

/** What a button for this action takes: whether it can be pressed, and why not. */
export function useAllowed(): (action: Action) => { disabled: boolean; title?: string } {
  const may = useMay();
  const { t } = useSpeech();
  return (action) => (may(action) ? { disabled: false } : { disabled: true, title: t("allowed.not") });
}
