import { useQuery } from "@tanstack/react-query";
import { useLocation, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ask } from "../api";
import { useSpeech } from "../locales";
import { PLACES } from "../shared/place";

/** Keeps the window's title: the place, the event, the product. */
export function useTitle(): void {
  const { t } = useSpeech();
  const { event } = useParams({ strict: false });
  const last = useLocation({ select: ({ pathname }) => pathname.split("/").at(-1) });
  const details = useQuery({ ...ask.event(event ?? ""), enabled: event !== undefined });
  const place = PLACES.find((known) => known === last);
  const words = [
    event === undefined ? t("place.events") : place && t(`place.${place}`),
    details.data?.title,
    t("product"),
  ];
  const title = words.filter(Boolean).join(" · ");
  useEffect(() => {
    document.title = title;
  }, [title]);
}
