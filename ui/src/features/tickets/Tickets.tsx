import { Button, NativeSelect } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { type Ticket, TICKET_TONE, type TicketStatus as Standing, useColour, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { useRows } from "../../shared/pages";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { SearchField } from "../../shared/SearchField";
import { type Column, ColumnChooser, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { TypeMark } from "../../shared/TypeMark";
import { TicketPane } from "./TicketPane";
import { holder, TicketStatus } from "./TicketStatus";
import styles from "./tickets.module.css";

const STANDINGS = Object.keys(TICKET_TONE) as Standing[];

function TicketType({ name }: { name: string }) {
  const colour = useColour();
  return <TypeMark name={name} colour={colour(name)} />;
}

function useColumns(): Column<Ticket>[] {
  const { t } = useSpeech();
  return useMemo(
    () => [
      {
        key: "number",
        title: t("tickets.number"),
        track: "minmax(72px, 0.4fr)",
        narrow: "64px",
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
  const { text, open, view, settle, go } = usePlace();
  const status = STANDINGS.find((known) => known === view.status) ?? null;
  const result = useInfiniteQuery(askTickets.tickets(event.id, text, status));
  const { rows, complete, more } = useRows(result);
  const { tickets, voided } = event.progress;
  const columns = useColumns();
  const list = useList({ name: "tickets", columns, rows, complete, idOf });
  const search = useCallback((next: string) => settle({ text: next }), [settle]);
  const narrowed = text !== "" || status !== null;

  return (
    <Screen
      title={t("place.tickets")}
      counts={
        narrowed ? (
          result.isSuccess &&
          (complete
            ? t("guests.found", { count: rows.length })
            : t("guests.foundMore", { n: rows.length }))
        ) : (
          <>
            <strong>{count(tickets)}</strong>
            {voided > 0 && <> · {t("overview.voided", { count: voided })}</>}
          </>
        )
      }
      tools={
        <>
          <SearchField label={t("tickets.search")} text={text} onSearch={search} />
          <NativeSelect
            className={styles.filter ?? ""}
            aria-label={t("tickets.status")}
            value={status ?? ""}
            data={[
              { value: "", label: t("tickets.anyStatus") },
              ...STANDINGS.map((value) => ({ value, label: t(`ticketStatus.${value}`) })),
            ]}
            onChange={(change) => settle({ status: change.target.value || null })}
          />
          <ColumnChooser list={list} />
        </>
      }
      pane={open !== null && <TicketPane key={open} id={open} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        narrowed ? (
          <Empty
            title={text === "" ? t("tickets.noneOfStatus") : t("guests.noneFound", { text })}
            step={
              <Button variant="default" onClick={() => settle({ text: "", status: null })}>
                {t("tickets.showAll")}
              </Button>
            }
          >
            {t("tickets.noneFoundText")}
          </Empty>
        ) : (
          <Empty
            title={t("tickets.emptyTitle")}
            step={
              <Button onClick={() => go(event.id, "invitations")}>{t("tickets.toInvitations")}</Button>
            }
          >
            {t("tickets.emptyText")}
          </Empty>
        )
      ) : (
        <RowList
          key={`${text} ${status}`}
          label={t("place.tickets")}
          list={list}
          total={complete ? rows.length : narrowed ? rows.length || null : tickets + voided}
          open={open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
