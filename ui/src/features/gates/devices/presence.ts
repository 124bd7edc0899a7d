import type { TFunction } from "i18next";
import type { Device } from "../../../api/gates";
import type { Tone } from "../../../shared/Status";

const MINUTE = 60_000;

/** How long something lasts already, in one short word: `41 min`, `6 hr`, `3 days`. */
export function sayFor(locale: string, ms: number): string {
  const minutes = Math.max(0, Math.floor(ms / MINUTE));
  const [value, unit] =
    minutes < 120
      ? [minutes, "minute"]
      : minutes < 2_880
        ? [Math.floor(minutes / 60), "hour"]
        : [Math.floor(minutes / 1_440), "day"];
  return new Intl.NumberFormat(locale, { style: "unit", unit, unitDisplay: "short" }).format(value);
}

/** How a device stands, with the tone and the words for it; `since` says since when it is silent. */
export function presenceOf(
  device: Device,
  t: TFunction,
  since: (at: number) => string,
): { tone: Tone; words: string } {
  if (device.status === "revoked") return { tone: "bad", words: t("gates.revoked") };
  if (device.online) return { tone: "good", words: t("gates.online") };
  if (device.last_seen_at === null) return { tone: "quiet", words: t("gates.neverSeen") };
  return { tone: "wait", words: since(device.last_seen_at) };
}
