import { useInfiniteQuery } from "@tanstack/react-query";
import type { TFunction } from "i18next";
import { useMemo } from "react";
import { ask, type Ticket, TICKET_TONE, useColour, useEvent } from "../../api";
import { formatShortMoment, useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { Facts } from "../../shared/Facts";
import { LifeLine } from "../../shared/LifeLine";
import { useRows } from "../../shared/pages";
import { usePlace } from "../../shared/place";
import { Pane, Screen } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { type Column, ColumnChooser, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { TypeMark } from "../../shared/TypeMark";

const holder = (t: TFunction, ticket: Ticket) =>
  ticket.unnamed ? t("tickets.plusOne", { name: ticket.name }) : ticket.name;

function TicketStatus({ ticket }: { ticket: Ticket }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const came = ticket.life_line.checked_in;
  if (came !== null && ticket.status === "active") {
    const when = formatShortMoment(locale, time_zone, came);
    return <Status tone="came">{t("guests.cameInAt", { when })}</Status>;
  }
  return <Status tone={TICKET_TONE[ticket.status]}>{t(`ticketStatus.${ticket.status}`)}</Status>;
}

function TicketType({ name }: { name: string }) {
  const colour = useColour();
  return <TypeMark name={name} colour={colour(name)} />;
}

function TicketPane({ ticket, close }: { ticket: Ticket; close(): void }) {
  const { t } = useSpeech();
  const { time_zone } = useEvent();
  return (
    <Pane title={holder(t, ticket)} under={`#${ticket.number}`} close={close}>
      <p>
        <TicketStatus ticket={ticket} />
      </p>
      <Facts
        facts={[
          [t("tickets.type"), <TicketType key="type" name={ticket.ticket_type} />],
          [t("tickets.seat"), ticket.seat],
          [t("tickets.invitation"), ticket.invitation],
          [t("tickets.party"), ticket.party],
          [t("guests.company"), ticket.company],
          [t("guests.email"), ticket.email],
          [t("invitations.status"), t(`memberStatus.${ticket.member_status}`)],
          [t("tickets.version"), ticket.version === 1 ? null : String(ticket.version)],
        ]}
      />
      <LifeLine times={ticket.life_line} gate={ticket.gate} zone={time_zone} />
    </Pane>
  );
}

function useColumns(): Column<Ticket>[] {
  const { t } = useSpeech();
  return useMemo(
    () => [
      {
        key: "number",
        title: t("tickets.number"),
        track: "minmax(72px, 0.4fr)",
        fixed: true,
        order: (ticket) => ticket.number,
        show: (ticket) => `#${ticket.number}`,
      },
      {
        key: "holder",
        title: t("tickets.holder"),
        track: "minmax(160px, 2fr)",
        fixed: true,
        order: (ticket) => holder(t, ticket),
        show: (ticket) => <span className="clip strong">{holder(t, ticket)}</span>,
      },
      {
        key: "invitation",
        title: t("tickets.invitation"),
        track: "minmax(88px, 0.7fr)",
        spare: true,
        order: (ticket) => ticket.invitation,
        show: (ticket) => <span className="clip">{ticket.invitation}</span>,
      },
      {
        key: "type",
        title: t("tickets.type"),
        track: "minmax(110px, 1fr)",
        narrow: "minmax(0, 104px)",
        order: (ticket) => ticket.ticket_type,
        show: (ticket) => <TicketType name={ticket.ticket_type} />,
      },
      {
        key: "seat",
        title: t("tickets.seat"),
        track: "minmax(136px, 0.8fr)",
        spare: true,
        order: (ticket) => ticket.seat,
        show: (ticket) => <span className="clip">{ticket.seat}</span>,
      },
      {
        key: "status",
        title: t("tickets.status"),
        track: "minmax(224px, 1.3fr)",
        narrow: "184px",
        order: (ticket) => ticket.life_line.checked_in,
        show: (ticket) => <TicketStatus ticket={ticket} />,
      },
    ],
    [t],
  );
}

const idOf = (ticket: Ticket) => ticket.id;

export function Tickets() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const { open, settle } = usePlace();
  const result = useInfiniteQuery(ask.tickets(event.id));
  const { rows, complete, more } = useRows(result);
  const { tickets, voided } = event.progress;
  const columns = useColumns();
  const list = useList({ name: "tickets", columns, rows, complete, idOf });
  const chosen = open === null ? undefined : rows.find((ticket) => ticket.id === open);

  return (
    <Screen
      title={t("place.tickets")}
      counts={
        <>
          <strong>{count(tickets)}</strong>
          {voided > 0 && <> · {t("overview.voided", { count: voided })}</>}
        </>
      }
      tools={<ColumnChooser list={list} />}
      pane={chosen && <TicketPane ticket={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("tickets.emptyTitle")}>{t("tickets.emptyText")}</Empty>
      ) : (
        <RowList
          label={t("place.tickets")}
          list={list}
          total={complete ? rows.length : tickets + voided}
          open={open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
