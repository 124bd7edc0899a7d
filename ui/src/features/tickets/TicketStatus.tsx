import type { TFunction } from "i18next";
import { type Ticket, TICKET_TONE, useEvent } from "../../api";
import { formatShortMoment, useSpeech } from "../../locales";
import { Status } from "../../shared/Status";

/** Whose ticket it is; a plus-one is known by their host. */
export const holder = (t: TFunction, ticket: Ticket) =>
  ticket.unnamed ? t("tickets.plusOne", { name: ticket.name }) : ticket.name;

export function TicketStatus({ ticket }: { ticket: Ticket }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const came = ticket.life_line.checked_in;
  if (came !== null && ticket.status === "active") {
    const when = formatShortMoment(locale, time_zone, came);
    return <Status tone="came">{t("guests.cameInAt", { when })}</Status>;
  }
  return <Status tone={TICKET_TONE[ticket.status]}>{t(`ticketStatus.${ticket.status}`)}</Status>;
}
