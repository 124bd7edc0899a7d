import type { TFunction } from "i18next";
import type { Device } from "../../../api/gates";
import type { Tone } from "../../../shared/Status";

/** How a device stands, with the tone and the words for it; `when` says a moment. */
export function presenceOf(
  device: Device,
  t: TFunction,
  when: (at: number) => string,
): { tone: Tone; words: string } {
  if (device.status === "revoked") return { tone: "bad", words: t("gates.revoked") };
  if (device.online) return { tone: "good", words: t("gates.online") };
  if (device.last_seen_at === null) return { tone: "quiet", words: t("gates.neverSeen") };
  return { tone: "wait", words: t("gates.silentSince", { when: when(device.last_seen_at) }) };
}
