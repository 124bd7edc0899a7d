import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { type Invitation, INVITATION_TONE, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { useAllowed } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { useRows } from "../../shared/pages";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { SearchField } from "../../shared/SearchField";
import { Status } from "../../shared/Status";
import { type Column, ColumnChooser, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { InvitationPane } from "./InvitationPane";
import { IssueButton } from "./IssueButton";
import { NewInvitation } from "./NewInvitation";
import { Ways } from "./Ways";

function useColumns(): Column<Invitation>[] {
  const { t, count } = useSpeech();
  return useMemo(
    () => [
      {
        key: "number",
        title: t("invitations.number"),
        track: "minmax(96px, 0.7fr)",
        narrow: "76px",
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
        track: "minmax(88px, 0.5fr)",
        narrow: "76px",
        numeric: true,
        order: (invitation) => invitation.members,
        show: (invitation) => count(invitation.members),
      },
      {
        key: "status",
        title: t("invitations.status"),
        track: "minmax(150px, 1.1fr)",
        narrow: "minmax(0, 112px)",
        order: (invitation) => t(`invitationStatus.${invitation.status}`),
        show: (invitation) => (
          <Status tone={INVITATION_TONE[invitation.status]}>
            {t(`invitationStatus.${invitation.status}`)}
          </Status>
        ),
      },
    ],
    [t, count],
  );
}

const idOf = (invitation: Invitation) => invitation.id;

export function Invitations() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const allowed = useAllowed();
  const { text, open, settle } = usePlace();
  const [making, setMaking] = useState(false);
  const result = useInfiniteQuery(askTickets.invitations(event.id, text));
  const { rows, complete, more } = useRows(result);
  const columns = useColumns();
  const list = useList({ name: "invitations", columns, rows, complete, idOf });
  const search = useCallback((next: string) => settle({ text: next }), [settle]);
  const searching = text !== "";
  // While there is none, issuing is offered where the list would be.
  const none = result.isSuccess && rows.length === 0 && !searching;

  return (
    <Screen
      title={t("place.invitations")}
      counts={
        searching ? (
          result.isSuccess &&
          (complete
            ? t("guests.found", { count: rows.length })
            : t("guests.foundMore", { n: rows.length }))
        ) : (
          <strong>{count(event.progress.invitations)}</strong>
        )
      }
      tabs={<Ways />}
      tools={
        <>
          <SearchField label={t("invitations.search")} text={text} onSearch={search} />
          <ColumnChooser list={list} />
          <Button variant="default" {...allowed("edit_guests")} onClick={() => setMaking(true)}>
            {t("newInvitation.title")}
          </Button>
          {!none && <IssueButton />}
        </>
      }
      pane={open !== null && <InvitationPane key={open} id={open} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        searching ? (
          <Empty
            title={t("guests.noneFound", { text })}
            step={
              <Button variant="default" onClick={() => search("")}>
                {t("invitations.showAll")}
              </Button>
            }
          >
            {t("invitations.noneFoundText")}
          </Empty>
        ) : (
          <Empty title={t("invitations.emptyTitle")} step={<IssueButton />}>
            {t("invitations.emptyText")}
          </Empty>
        )
      ) : (
        <RowList
          key={text}
          label={t("place.invitations")}
          list={list}
          total={
            complete ? rows.length : searching ? rows.length || null : event.progress.invitations
          }
          open={open}
          onOpen={(id) => settle({ open: id })}
          more={more}
        />
      )}
      {making && (
        <NewInvitation
          close={() => setMaking(false)}
          made={(id) => {
            setMaking(false);
            settle({ open: id });
          }}
        />
      )}
    </Screen>
  );
}
