import { useQuery } from "@tanstack/react-query";
import { useLocation, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ask } from "../api";
import { joined, useSpeech } from "../locales";
import { PLACES } from "../shared/place";

/** Which place outside of an event an address leads to. */
function officePlace(path: string): "official" | "settings" | "events" {
  if (path.startsWith("/official")) return "official";
  return path.startsWith("/settings") ? "settings" : "events";
}

/** Keeps the window's title: the place, the event, the product. */
export function useTitle(): void {
  const { t } = useSpeech();
  const { event } = useParams({ strict: false });
  const path = useLocation({ select: ({ pathname }) => pathname });
  const last = path.split("/").at(-1);
  const details = useQuery({ ...ask.event(event ?? ""), enabled: event !== undefined });
  const place = PLACES.find((known) => known === last);
  const words = [
    event === undefined ? t(`place.${officePlace(path)}`) : place && t(`place.${place}`),
    details.data?.title,
    t("product"),
  ];
  const title = joined(words, " · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
