import { useCallback } from "react";
import { type EventDetails, useEvent } from "../../../api";
import type { Device } from "../../../api/gates";
import { formatSlot, joined, useSpeech } from "../../../locales";

/** What an event's date is called where it is chosen. */
export function nameSession(
  locale: string,
  zone: string,
  { title, starts_at, ends_at }: EventDetails["sessions"][number],
): string {
  return title ?? formatSlot(locale, zone, starts_at, ends_at);
}

/** Where a device stands: zone, session and direction, as far as they are narrower than the event. */
export function useWhere(): (device: Pick<Device, "zone" | "session" | "direction">) => string {
  const { t, locale } = useSpeech();
  const event = useEvent();
  return useCallback(
    ({ zone, session, direction }) => {
      const place = event.zones.find(({ id }) => id === zone)?.name ?? t("gates.mainEntrance");
      const date = event.sessions.find(({ id }) => id === session);
      return joined(
        [
          place,
          date !== undefined && nameSession(locale, event.time_zone, date),
          direction === "exit" && t("gates.direction.exit"),
        ],
        " · ",
      );
    },
    [t, locale, event],
  );
}
