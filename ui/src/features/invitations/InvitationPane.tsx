import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, INVITATION_TONE, type Party, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { offerLastEdit } from "../../api/lastEdit";
import { saveAnswer } from "../../api/saveAnswer";
import type { Shown } from "../../api/rowTypes";
import { useAllowed } from "../../api/useAllowed";
import { formatMoment, useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";
import { ReasonDialog, Refused, useSending } from "../../shared/form";
import { Pane } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { Trouble } from "../../shared/Trouble";
import { AddPeople } from "./AddPeople";
import { GuestAnswers } from "./GuestAnswers";
import styles from "./Invitations.module.css";
import { MemberLine } from "./MemberLine";
import { Messages } from "./Messages";
import { VerdictDialog } from "./VerdictDialog";

type Dialog = { kind: "void" } | { kind: "add" } | { kind: "shown"; shown: Shown };

function Details({ party, changed }: { party: Party; changed(): void }) {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const allowed = useAllowed();
  const sending = useSending();
  const [dialog, setDialog] = useState<Dialog | null>(null);
  const close = () => setDialog(null);
  const standing = party.members.some((member) => member.ticket?.status === "active");
  const hasTickets = party.members.some((member) => member.ticket !== null);

  const download = () =>
    sending.send(() => {
      const params = { path: { id: party.id } };
      const answer = client.GET("/api/invitations/{id}/download", { params, parseAs: "stream" });
      return saveAnswer(answer, `${party.number}.pdf`);
    });

  const answerForAll = (status: "accepted" | "declined") =>
    sending.send(async () => {
      const params = { path: { id: party.id } };
      await content(client.PUT("/api/invitations/{id}", { params, body: { status } }));
      changed();
      await offerLastEdit(event.id, "change answer", t("member.allAnswered", { label: party.label }), changed);
    });

  const takeBack = async (reason: string) => {
    const { voided } = await content(
      client.POST("/api/invitations/{id}/void", {
        params: { path: { id: party.id } },
        body: { reason },
      }),
    );
    changed();
    notifications.show({ message: t("voidInvitation.done", { count: voided }) });
  };

  return (
    <>
      <p>
        <Status tone={INVITATION_TONE[party.status]}>{t(`invitationStatus.${party.status}`)}</Status>
      </p>
      <Refused error={sending.error} />
      <div className={styles.tools}>
        <Button
          size="compact-sm"
          variant="default"
          {...(hasTickets ? {} : { disabled: true, title: t("member.noTicketYet") })}
          onClick={() => void download()}
        >
          {t("invitations.download")}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          {...allowed("edit_guests")}
          onClick={() => void answerForAll("accepted")}
        >
          {t("invitations.allCome")}
        </Button>
        <Button
          size="compact-sm"
          variant="default"
          {...allowed("edit_guests")}
          onClick={() => void answerForAll("declined")}
        >
          {t("invitations.nobodyComes")}
        </Button>
      </div>
      <Facts
        facts={[
          [t("invitations.kind"), t(`partyKind.${party.kind}`)],
          [t("invitations.code"), <code key="code">{party.code}</code>],
          [t("invitations.made"), formatMoment(locale, event.time_zone, party.created_at)],
          [t("newInvitation.message"), party.message],
        ]}
      />
      <section aria-labelledby="party">
        <h3 id="party">{t("invitations.people")}</h3>
        <ul>
          {party.members.map((member) => (
            <MemberLine
              key={member.id}
              party={party}
              member={member}
              changed={(what, done) => {
                changed();
                void offerLastEdit(event.id, what, done, changed).catch(() => undefined);
              }}
              show={(shown) => {
                changed();
                setDialog({ kind: "shown", shown });
              }}
            />
          ))}
        </ul>
        <Button
          size="compact-sm"
          variant="subtle"
          {...allowed("edit_guests")}
          onClick={() => setDialog({ kind: "add" })}
        >
          {t("addPeople.title")}
        </Button>
      </section>
      <GuestAnswers party={party} changed={changed} />
      <Messages number={party.number} deliveries={party.deliveries} />
      <section className={styles.danger}>
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          {...(standing ? allowed("issue_tickets") : { disabled: true, title: t("voidInvitation.nothing") })}
          onClick={() => setDialog({ kind: "void" })}
        >
          {t("voidInvitation.title")}
        </Button>
      </section>
      {dialog?.kind === "void" && (
        <ReasonDialog
          title={t("voidInvitation.title")}
          text={t("voidInvitation.text", { label: party.label })}
          submit={t("voidInvitation.submit")}
          act={takeBack}
          close={close}
        />
      )}
      {dialog?.kind === "add" && <AddPeople party={party} changed={changed} close={close} />}
      {dialog?.kind === "shown" && <VerdictDialog shown={dialog.shown} close={close} />}
    </>
  );
}

/** One invitation: its people, their answers, seats and tickets, and its messages. */
export function InvitationPane({ id, close }: { id: string; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const party = useQuery(askTickets.invitation(event.id, id));
  const changed = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
  return (
    <Pane title={party.data?.label ?? t("loading")} under={party.data?.number} close={close}>
      {party.isError && party.data === undefined && (
        <Trouble error={party.error} retry={() => void party.refetch()} />
      )}
      {party.data && <Details key={party.data.id} party={party.data} changed={changed} />}
    </Pane>
  );
}
