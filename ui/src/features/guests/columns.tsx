import { useMemo } from "react";
import { type Guest, TICKET_TONE, useColour, useEvent } from "../../api";
import { formatShortMoment, useSpeech } from "../../locales";
import { Status } from "../../shared/Status";
import type { Column } from "../../shared/table";
import { TypeMark } from "../../shared/TypeMark";

/** Where a guest stands: in, with a ticket, or still without. */
export function GuestStatus({ guest }: { guest: Guest }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  if (guest.checked_in_at !== null) {
    const when = formatShortMoment(locale, time_zone, guest.checked_in_at);
    return <Status tone="came">{t("guests.cameInAt", { when })}</Status>;
  }
  if (guest.status === null) return <Status tone="quiet">{t("guests.noTicket")}</Status>;
  return <Status tone={TICKET_TONE[guest.status]}>{t(`ticketStatus.${guest.status}`)}</Status>;
}

export function GuestType({ name }: { name: string | null }) {
  const colour = useColour();
  return name === null ? null : <TypeMark name={name} colour={colour(name)} />;
}

/** The columns of the guest list. */
export function useGuestColumns(): Column<Guest>[] {
  const { t } = useSpeech();
  return useMemo(
    () => [
      {
        key: "name",
        title: t("guests.name"),
        track: "minmax(160px, 1.7fr)",
        fixed: true,
        show: (guest) => <span className="clip strong">{guest.name}</span>,
      },
      {
        key: "company",
        title: t("guests.company"),
        track: "minmax(104px, 1.1fr)",
        spare: true,
        show: (guest) => <span className="clip quiet">{guest.company}</span>,
      },
      {
        key: "invitation",
        title: t("guests.invitation"),
        track: "minmax(88px, 0.6fr)",
        spare: true,
        show: (guest) => <span className="clip">{guest.invitation}</span>,
      },
      {
        key: "type",
        title: t("guests.type"),
        track: "minmax(110px, 0.9fr)",
        narrow: "minmax(0, 104px)",
        show: (guest) => <GuestType name={guest.ticket_type} />,
      },
      {
        key: "seat",
        title: t("guests.seat"),
        track: "minmax(128px, 0.8fr)",
        spare: true,
        show: (guest) => <span className="clip">{guest.seat}</span>,
      },
      {
        key: "status",
        title: t("guests.status"),
        track: "minmax(208px, 1.2fr)",
        narrow: "184px",
        show: (guest) => <GuestStatus guest={guest} />,
      },
    ],
    [t],
  );
}
