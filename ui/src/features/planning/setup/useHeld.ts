import { useEvent, useMay } from "../../../api";
import { useSpeech } from "../../../locales";
import { useRefusal } from "../../../shared/useRefusal";
import { heldBy, type Part } from "./mayChange";

/** Why a part of the event may not be changed by the reader now; null when it may. */
export function useHeld(part: Part): string | null {
  const { t } = useSpeech();
  const may = useMay();
  const { stage, handed_over_at } = useEvent();
  const say = useRefusal();
  if (!may("plan_events")) return t("allowed.not");
  if (handed_over_at !== null) return t("refused.eventHandedOver");
  const code = heldBy(part, stage);
  return code === null ? null : say({ code, message: code });
}
