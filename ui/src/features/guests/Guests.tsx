import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useCallback } from "react";
import { ask } from "../../api/client";
import type { Guest } from "../../api/types";
import type { Going } from "../../app/address";
import { useEvent } from "../../app/event";
import { useSpeech } from "../../i18n/Speech";
import { formatShortMoment } from "../../i18n/format";
import { fill } from "../../i18n/language";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { LifeLine } from "../../parts/LifeLine";
import { useRows } from "../../parts/pages";
import { type Column, RowList } from "../../parts/RowList";
import { Pane, Screen } from "../../parts/Screen";
import { SearchField } from "../../parts/SearchField";
import { Status } from "../../parts/Status";
import { Trouble } from "../../parts/Trouble";
import { TICKET_TONE } from "../../parts/tones";
import { TypeMark } from "../../parts/TypeMark";

/** Where a guest stands: in, with a ticket, or still without. */
function GuestStatus({ guest }: { guest: Guest }) {
  const { words, locale } = useSpeech();
  const { time_zone } = useEvent();
  if (guest.checked_in_at !== null) {
    return (
      <Status tone="came">
        {words.guests.cameIn} {formatShortMoment(locale, time_zone, guest.checked_in_at)}
      </Status>
    );
  }
  if (guest.status === null) return <Status tone="quiet">{words.guests.noTicket}</Status>;
  return <Status tone={TICKET_TONE[guest.status]}>{words.ticketStatus[guest.status]}</Status>;
}

function GuestPane({ guest, close }: { guest: Guest; close(): void }) {
  const event = useEvent();
  const { words } = useSpeech();
  const ticket = useQuery({ ...ask.ticket(event.id, guest.ticket ?? 0), enabled: guest.ticket !== null });
  return (
    <Pane title={guest.name} under={guest.company ?? undefined} close={close}>
      <p>
        <GuestStatus guest={guest} />
      </p>
      <Facts
        facts={[
          [words.guests.type, guest.ticket_type && <TypeMark name={guest.ticket_type} />],
          [words.guests.seat, guest.seat],
          [words.guests.invitation, guest.invitation],
          [words.guests.ticket, guest.ticket === null ? null : `#${guest.ticket}`],
          [words.guests.email, guest.email],
        ]}
      />
      {ticket.data && <LifeLine times={ticket.data.life_line} gate={ticket.data.gate} />}
    </Pane>
  );
}

export function Guests({ address, settle }: Going) {
  const event = useEvent();
  const { words, count, many } = useSpeech();
  const { text, open } = address;
  const result = useInfiniteQuery(ask.guests(event.id, text));
  const { rows, complete, more } = useRows(result);
  const search = useCallback((next: string) => settle({ text: next, open: null }), [settle]);

  const columns: Column<Guest>[] = [
    {
      key: "name",
      title: words.guests.name,
      track: "minmax(160px, 2.2fr)",
      show: (guest) => (
        <>
          <span className="clip strong">{guest.name}</span>
          {guest.company !== null && <span className="clip quiet under">{guest.company}</span>}
        </>
      ),
    },
    {
      key: "invitation",
      title: words.guests.invitation,
      track: "minmax(88px, 0.8fr)",
      spare: true,
      show: (guest) => <span className="clip">{guest.invitation}</span>,
    },
    {
      key: "type",
      title: words.guests.type,
      track: "minmax(110px, 1fr)",
      show: (guest) => guest.ticket_type !== null && <TypeMark name={guest.ticket_type} />,
    },
    {
      key: "seat",
      title: words.guests.seat,
      track: "minmax(136px, 0.8fr)",
      spare: true,
      show: (guest) => <span className="clip">{guest.seat}</span>,
    },
    {
      key: "status",
      title: words.guests.status,
      track: "minmax(208px, 1.2fr)",
      show: (guest) => <GuestStatus guest={guest} />,
    },
  ];

  const searching = text !== "";
  const chosen = open === null ? undefined : rows.find((guest) => guest.id === open);
  const found = complete
    ? many(words.guests.found, rows.length)
    : fill(words.guests.foundMore, { n: count(rows.length) });

  return (
    <Screen
      title={words.place.guests}
      counts={
        searching ? (
          found
        ) : (
          <>
            <strong>{count(event.progress.guests)}</strong> ·{" "}
            {many(words.guests.summary, event.progress.admitted)}
          </>
        )
      }
      tools={<SearchField label={words.guests.search} text={text} onSearch={search} />}
      pane={chosen && <GuestPane guest={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        searching ? (
          <Empty title={fill(words.guests.noneFound, { text })}>{words.guests.noneFoundText}</Empty>
        ) : (
          <Empty title={words.guests.emptyTitle} command="gatehouse import guests.csv">
            {words.guests.emptyText}
          </Empty>
        )
      ) : (
        <RowList
          key={text}
          label={words.place.guests}
          columns={columns}
          rows={rows}
          total={complete || searching ? rows.length : event.progress.guests}
          idOf={(guest) => guest.id}
          open={open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
