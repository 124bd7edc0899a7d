import { useInfiniteQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { Ticket } from "../../api/types";
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
import { Status } from "../../parts/Status";
import { Trouble } from "../../parts/Trouble";
import { TICKET_TONE } from "../../parts/tones";
import { TypeMark } from "../../parts/TypeMark";

function useHolder() {
  const { words } = useSpeech();
  return (ticket: Ticket) =>
    ticket.unnamed ? fill(words.tickets.plusOne, { name: ticket.name }) : ticket.name;
}

function TicketStatus({ ticket }: { ticket: Ticket }) {
  const { words, locale } = useSpeech();
  const { time_zone } = useEvent();
  const came = ticket.life_line.checked_in;
  if (came !== null && ticket.status === "active") {
    return (
      <Status tone="came">
        {words.guests.cameIn} {formatShortMoment(locale, time_zone, came)}
      </Status>
    );
  }
  return <Status tone={TICKET_TONE[ticket.status]}>{words.ticketStatus[ticket.status]}</Status>;
}

function TicketPane({ ticket, close }: { ticket: Ticket; close(): void }) {
  const { words } = useSpeech();
  const holder = useHolder();
  return (
    <Pane title={holder(ticket)} under={`#${ticket.number}`} close={close}>
      <p>
        <TicketStatus ticket={ticket} />
      </p>
      <Facts
        facts={[
          [words.tickets.type, <TypeMark key="type" name={ticket.ticket_type} />],
          [words.tickets.seat, ticket.seat],
          [words.tickets.invitation, ticket.invitation],
          [words.tickets.party, ticket.party],
          [words.guests.company, ticket.company],
          [words.guests.email, ticket.email],
          [words.invitations.status, words.memberStatus[ticket.member_status]],
          [words.tickets.version, ticket.version === 1 ? null : String(ticket.version)],
        ]}
      />
      <LifeLine times={ticket.life_line} gate={ticket.gate} />
    </Pane>
  );
}

export function Tickets({ address, settle }: Going) {
  const event = useEvent();
  const { words, count, many } = useSpeech();
  const holder = useHolder();
  const result = useInfiniteQuery(ask.tickets(event.id));
  const { rows, complete, more } = useRows(result);
  const { tickets, voided } = event.progress;

  const columns: Column<Ticket>[] = [
    {
      key: "number",
      title: words.tickets.number,
      track: "minmax(64px, 0.4fr)",
      show: (ticket) => `#${ticket.number}`,
    },
    {
      key: "holder",
      title: words.tickets.holder,
      track: "minmax(160px, 2fr)",
      show: (ticket) => <span className="clip strong">{holder(ticket)}</span>,
    },
    {
      key: "invitation",
      title: words.tickets.invitation,
      track: "minmax(88px, 0.7fr)",
      spare: true,
      show: (ticket) => <span className="clip">{ticket.invitation}</span>,
    },
    {
      key: "type",
      title: words.tickets.type,
      track: "minmax(110px, 1fr)",
      show: (ticket) => <TypeMark name={ticket.ticket_type} />,
    },
    {
      key: "seat",
      title: words.tickets.seat,
      track: "minmax(136px, 0.8fr)",
      spare: true,
      show: (ticket) => <span className="clip">{ticket.seat}</span>,
    },
    {
      key: "status",
      title: words.tickets.status,
      track: "minmax(208px, 1.2fr)",
      show: (ticket) => <TicketStatus ticket={ticket} />,
    },
  ];
  const chosen =
    address.open === null ? undefined : rows.find((ticket) => ticket.id === address.open);

  return (
    <Screen
      title={words.place.tickets}
      counts={
        <>
          <strong>{count(tickets)}</strong>
          {voided > 0 && <> · {many(words.overview.voided, voided)}</>}
        </>
      }
      pane={chosen && <TicketPane ticket={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={words.tickets.emptyTitle}>{words.tickets.emptyText}</Empty>
      ) : (
        <RowList
          label={words.place.tickets}
          columns={columns}
          rows={rows}
          total={complete ? rows.length : tickets + voided}
          idOf={(ticket) => ticket.id}
          open={address.open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
