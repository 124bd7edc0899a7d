import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask, type Invitation, INVITATION_TONE, useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { Facts } from "../../shared/Facts";
import { useRows } from "../../shared/pages";
import { usePlace } from "../../shared/place";
import { Pane, Screen } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { type Column, ColumnChooser, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import styles from "./Invitations.module.css";

function InvitationStatus({ invitation }: { invitation: Invitation }) {
  const { t } = useSpeech();
  return (
    <Status tone={INVITATION_TONE[invitation.status]}>
      {t(`invitationStatus.${invitation.status}`)}
    </Status>
  );
}

function InvitationPane({ invitation, close }: { invitation: Invitation; close(): void }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const { go } = usePlace();
  const party = useQuery(ask.party(event.id, invitation.number));
  const unnamed = party.data ? invitation.members - party.data.length : 0;
  return (
    <Pane title={invitation.label} under={invitation.number} close={close}>
      <p>
        <InvitationStatus invitation={invitation} />
      </p>
      <Facts
        facts={[
          [t("invitations.kind"), t(`partyKind.${invitation.kind}`)],
          [t("invitations.members"), count(invitation.members)],
        ]}
      />
      {party.data && (
        <section aria-labelledby="party">
          <h3 id="party">{t("invitations.people")}</h3>
          <ul className={styles.party}>
            {party.data.map((guest) => (
              <li key={guest.id}>
                <button
                  type="button"
                  className="link"
                  onClick={() => go(event.id, "guests", { q: invitation.number, open: guest.id })}
                >
                  {guest.name}
                </button>
                {guest.checked_in_at !== null && (
                  <Status tone="came">{t("guests.cameIn")}</Status>
                )}
              </li>
            ))}
            {unnamed > 0 && (
              <li className="quiet">{t("invitations.plusOnes", { count: unnamed })}</li>
            )}
          </ul>
        </section>
      )}
    </Pane>
  );
}

function useColumns(): Column<Invitation>[] {
  const { t, count } = useSpeech();
  return useMemo(
    () => [
      {
        key: "number",
        title: t("invitations.number"),
        track: "minmax(96px, 0.7fr)",
        fixed: true,
        order: (invitation) => invitation.number,
        show: (invitation) => <span className="clip">{invitation.number}</span>,
      },
      {
        key: "label",
        title: t("invitations.label"),
        track: "minmax(180px, 2.2fr)",
        fixed: true,
        order: (invitation) => invitation.label,
        show: (invitation) => <span className="clip strong">{invitation.label}</span>,
      },
      {
        key: "kind",
        title: t("invitations.kind"),
        track: "minmax(90px, 0.8fr)",
        spare: true,
        order: (invitation) => t(`partyKind.${invitation.kind}`),
        show: (invitation) => t(`partyKind.${invitation.kind}`),
      },
      {
        key: "members",
        title: t("invitations.members"),
        track: "minmax(72px, 0.5fr)",
        numeric: true,
        order: (invitation) => invitation.members,
        show: (invitation) => count(invitation.members),
      },
      {
        key: "status",
        title: t("invitations.status"),
        track: "minmax(150px, 1.1fr)",
        order: (invitation) => t(`invitationStatus.${invitation.status}`),
        show: (invitation) => <InvitationStatus invitation={invitation} />,
      },
    ],
    [t, count],
  );
}

const idOf = (invitation: Invitation) => invitation.id;

export function Invitations() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const { open, settle } = usePlace();
  const result = useInfiniteQuery(ask.invitations(event.id));
  const { rows, complete, more } = useRows(result);
  const columns = useColumns();
  const list = useList({ name: "invitations", columns, rows, complete, idOf });
  const chosen = open === null ? undefined : rows.find((invitation) => invitation.id === open);

  return (
    <Screen
      title={t("place.invitations")}
      counts={<strong>{count(event.progress.invitations)}</strong>}
      tools={<ColumnChooser list={list} />}
      pane={chosen && <InvitationPane invitation={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("invitations.emptyTitle")}>{t("invitations.emptyText")}</Empty>
      ) : (
        <RowList
          label={t("place.invitations")}
          list={list}
          total={complete ? rows.length : event.progress.invitations}
          open={open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
    </Screen>
  );
}
