import { useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { useEvent } from "../../../api";
import { askTickets } from "../../../api/askTickets";
import type { Audience, Mailing } from "../../../api/deliveryTypes";
import { formatShortMoment, formatSlot, joined, useSpeech } from "../../../locales";

/** Whom a mailing means, in words. */
export function useAudienceWords(): (audience: Audience) => string {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const batches = useQuery(askTickets.batches(event.id));
  return ({ group = "all", ticket_type, session, batch, invitations = [] }) => {
    const type = event.ticket_types.find(({ id }) => id === ticket_type)?.name;
    const of = event.sessions.find(({ id }) => id === session);
    const date = of && (of.title ?? formatSlot(locale, event.time_zone, of.starts_at, of.ends_at));
    const run = batches.data?.find(({ id }) => id === batch)?.name;
    const named = invitations.length > 0 ? t("newMailing.named", { count: invitations.length }) : null;
    return joined(
      [t(`audience.${group}`), type, date, run, named].filter((part) => typeof part === "string"),
      " · ",
    );
  };
}

/** What a mailing is called: what it is about, and since when it is. */
export function useMailingWords(): (mailing: Mailing) => string {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  return useCallback(
    ({ kind, due_at }: Mailing) => `${t(`messageKind.${kind}`)}, ${formatShortMoment(locale, time_zone, due_at)}`,
    [t, locale, time_zone],
  );
}
