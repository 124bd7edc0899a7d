import { useContext } from "react";
import { useSpeech } from "../locales";
import { EventContext } from "./event";
import type { Action } from "./types";
import { useMay } from "./useSession";

/** Registering devices and setting doors; the word is the API's. */
export const MANAGE_GATES = "manage_gates" as string as Action;

/** What changes an event, and rests while another machine has it. */
const CHANGES: readonly Action[] = ["plan_events", "edit_guests", "issue_tickets", "scan", "manage_keys", MANAGE_GATES];

/** What a button for this action takes: whether it can be pressed, and why not. */
export function useAllowed(): (action: Action) => { disabled: boolean; title?: string } {
  const may = useMay();
  const { t } = useSpeech();
  const event = useContext(EventContext);
  const away = event !== null && event.handed_over_at !== null;
  return (action) => {
    if (!may(action)) return { disabled: true, title: t("allowed.not") };
    if (away && CHANGES.includes(action)) return { disabled: true, title: t("refused.eventHandedOver") };
    return { disabled: false };
  };
}
