import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import { ask, type Guest, TICKET_TONE, useColour, useEvent } from "../../api";
import { formatShortMoment, useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { Facts } from "../../shared/Facts";
import { LifeLine } from "../../shared/LifeLine";
import { useRows } from "../../shared/pages";
import { usePlace } from "../../shared/place";
import { Pane, Screen } from "../../shared/Screen";
import { SearchField } from "../../shared/SearchField";
import { Status } from "../../shared/Status";
import { type Column, ColumnChooser, RowList, SelectionBar, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { TypeMark } from "../../shared/TypeMark";
import { copyEmails } from "./copyEmails";

/** Where a guest stands: in, with a ticket, or still without. */
function GuestStatus({ guest }: { guest: Guest }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  if (guest.checked_in_at !== null) {
    const when = formatShortMoment(locale, time_zone, guest.checked_in_at);
    return <Status tone="came">{t("guests.cameInAt", { when })}</Status>;
  }
  if (guest.status === null) return <Status tone="quiet">{t("guests.noTicket")}</Status>;
  return <Status tone={TICKET_TONE[guest.status]}>{t(`ticketStatus.${guest.status}`)}</Status>;
}

function GuestType({ guest }: { guest: Guest }) {
  const colour = useColour();
  if (guest.ticket_type === null) return null;
  return <TypeMark name={guest.ticket_type} colour={colour(guest.ticket_type)} />;
}

function GuestPane({ guest, close }: { guest: Guest; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const ticket = useQuery({
    ...ask.ticket(event.id, guest.ticket ?? 0),
    enabled: guest.ticket !== null,
  });
  return (
    <Pane title={guest.name} under={guest.company ?? undefined} close={close}>
      <p>
        <GuestStatus guest={guest} />
      </p>
      <Facts
        facts={[
          [t("guests.type"), guest.ticket_type !== null && <GuestType guest={guest} />],
          [t("guests.seat"), guest.seat],
          [t("guests.invitation"), guest.invitation],
          [t("guests.ticket"), guest.ticket === null ? null : `#${guest.ticket}`],
          [t("guests.email"), guest.email],
        ]}
      />
      {ticket.data && (
        <LifeLine
          times={ticket.data.life_line}
          gate={ticket.data.gate}
          zone={event.time_zone}
        />
      )}
    </Pane>
  );
}

function useColumns(): Column<Guest>[] {
  const { t } = useSpeech();
  return useMemo(
    () => [
      {
        key: "name",
        title: t("guests.name"),
        track: "minmax(160px, 2.2fr)",
        fixed: true,
        order: (guest) => guest.name,
        show: (guest) => (
          <>
            <span className="clip strong">{guest.name}</span>
            {guest.company !== null && <span className="clip quiet under">{guest.company}</span>}
          </>
        ),
      },
      {
        key: "invitation",
        title: t("guests.invitation"),
        track: "minmax(88px, 0.8fr)",
        spare: true,
        order: (guest) => guest.invitation,
        show: (guest) => <span className="clip">{guest.invitation}</span>,
      },
      {
        key: "type",
        title: t("guests.type"),
        track: "minmax(110px, 1fr)",
        narrow: "minmax(0, 104px)",
        order: (guest) => guest.ticket_type,
        show: (guest) => <GuestType guest={guest} />,
      },
      {
        key: "seat",
        title: t("guests.seat"),
        track: "minmax(136px, 0.8fr)",
        spare: true,
        order: (guest) => guest.seat,
        show: (guest) => <span className="clip">{guest.seat}</span>,
      },
      {
        key: "status",
        title: t("guests.status"),
        track: "minmax(224px, 1.3fr)",
        narrow: "184px",
        order: (guest) => guest.checked_in_at,
        show: (guest) => <GuestStatus guest={guest} />,
      },
    ],
    [t],
  );
}

const idOf = (guest: Guest) => guest.id;
const nameOf = (guest: Guest) => guest.name;

export function Guests() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const { text, open, settle } = usePlace();
  const result = useInfiniteQuery(ask.guests(event.id, text));
  const { rows, complete, more } = useRows(result);
  const search = useCallback((next: string) => settle({ text: next, open: null }), [settle]);
  const columns = useColumns();
  const list = useList({ name: "guests", columns, rows, complete, idOf, nameOf });

  const searching = text !== "";
  const close = () => settle({ open: null });
  const chosen = open === null ? undefined : rows.find((guest) => guest.id === open);
  const found = complete
    ? t("guests.found", { count: rows.length })
    : t("guests.foundMore", { n: rows.length });

  return (
    <Screen
      title={t("place.guests")}
      counts={
        searching ? (
          result.isSuccess && found
        ) : (
          <>
            <strong>{count(event.progress.guests)}</strong> ·{" "}
            {t("guests.summary", { count: event.progress.admitted })}
          </>
        )
      }
      tools={
        <>
          <SearchField label={t("guests.search")} text={text} onSearch={search} />
          <ColumnChooser list={list} />
        </>
      }
      pane={chosen && <GuestPane guest={chosen} close={close} />}
      bar={
        <SelectionBar list={list}>
          {(guests) => (
            <Button size="compact-sm" variant="default" onClick={() => void copyEmails(guests)}>
              {t("guests.copyEmails")}
            </Button>
          )}
        </SelectionBar>
      }
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        searching ? (
          <Empty
            title={t("guests.noneFound", { text })}
            step={
              <Button variant="default" onClick={() => search("")}>
                {t("guests.showAll")}
              </Button>
            }
          >
            {t("guests.noneFoundText")}
          </Empty>
        ) : (
          <Empty title={t("guests.emptyTitle")} command="gatehouse import guests.csv">
            {t("guests.emptyText")}
          </Empty>
        )
      ) : (
        <RowList
          key={text}
          label={t("place.guests")}
          list={list}
          total={
            complete ? rows.length : searching ? rows.length || null : event.progress.guests
          }
          open={open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
