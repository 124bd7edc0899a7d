import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { ask } from "../../api/client";
import type { Invitation } from "../../api/types";
import type { Going } from "../../app/address";
import { useEvent } from "../../app/event";
import { useSpeech } from "../../i18n/Speech";
import { Empty } from "../../parts/Empty";
import { Facts } from "../../parts/Facts";
import { useRows } from "../../parts/pages";
import { type Column, RowList } from "../../parts/RowList";
import { Pane, Screen } from "../../parts/Screen";
import { Status } from "../../parts/Status";
import { Trouble } from "../../parts/Trouble";
import { INVITATION_TONE } from "../../parts/tones";

function InvitationStatus({ invitation }: { invitation: Invitation }) {
  const { words } = useSpeech();
  return (
    <Status tone={INVITATION_TONE[invitation.status]}>
      {words.invitationStatus[invitation.status]}
    </Status>
  );
}

function InvitationPane({
  invitation,
  close,
  go,
}: {
  invitation: Invitation;
  close(): void;
  go: Going["go"];
}) {
  const event = useEvent();
  const { words, count, many } = useSpeech();
  const party = useQuery(ask.party(event.id, invitation.number));
  const unnamed = party.data ? invitation.members - party.data.length : 0;
  return (
    <Pane title={invitation.label} under={invitation.number} close={close}>
      <p>
        <InvitationStatus invitation={invitation} />
      </p>
      <Facts
        facts={[
          [words.invitations.kind, words.partyKind[invitation.kind]],
          [words.invitations.members, count(invitation.members)],
        ]}
      />
      {party.data && (
        <section aria-labelledby="party">
          <h3 id="party">{words.invitations.people}</h3>
          <ul className="party">
            {party.data.map((guest) => (
              <li key={guest.id}>
                <button
                  type="button"
                  className="link"
                  onClick={() => go({ place: "guests", text: invitation.number, open: guest.id })}
                >
                  {guest.name}
                </button>
                {guest.checked_in_at !== null && (
                  <Status tone="came">{words.guests.cameIn}</Status>
                )}
              </li>
            ))}
            {unnamed > 0 && <li className="quiet">{many(words.invitations.plusOnes, unnamed)}</li>}
          </ul>
        </section>
      )}
    </Pane>
  );
}

export function Invitations({ address, settle, go }: Going) {
  const event = useEvent();
  const { words, count } = useSpeech();
  const result = useInfiniteQuery(ask.invitations(event.id));
  const { rows, complete, more } = useRows(result);

  const columns: Column<Invitation>[] = [
    {
      key: "number",
      title: words.invitations.number,
      track: "minmax(96px, 0.7fr)",
      show: (invitation) => <span className="clip">{invitation.number}</span>,
    },
    {
      key: "label",
      title: words.invitations.label,
      track: "minmax(180px, 2.2fr)",
      show: (invitation) => <span className="clip strong">{invitation.label}</span>,
    },
    {
      key: "kind",
      title: words.invitations.kind,
      track: "minmax(90px, 0.8fr)",
      spare: true,
      show: (invitation) => words.partyKind[invitation.kind],
    },
    {
      key: "members",
      title: words.invitations.members,
      track: "minmax(72px, 0.5fr)",
      numeric: true,
      show: (invitation) => count(invitation.members),
    },
    {
      key: "status",
      title: words.invitations.status,
      track: "minmax(150px, 1.1fr)",
      show: (invitation) => <InvitationStatus invitation={invitation} />,
    },
  ];
  const chosen =
    address.open === null ? undefined : rows.find((invitation) => invitation.id === address.open);

  return (
    <Screen
      title={words.place.invitations}
      counts={<strong>{count(event.progress.invitations)}</strong>}
      pane={
        chosen && <InvitationPane invitation={chosen} close={() => settle({ open: null })} go={go} />
      }
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={words.invitations.emptyTitle}>{words.invitations.emptyText}</Empty>
      ) : (
        <RowList
          label={words.place.invitations}
          columns={columns}
          rows={rows}
          total={complete ? rows.length : event.progress.invitations}
          idOf={(invitation) => invitation.id}
          open={address.open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
