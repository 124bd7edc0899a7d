import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueries, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, done, isWelcome, type PartyMember, TICKET_TONE } from "../../api";
import { askOffice } from "../../api/askOffice";
import { askTickets } from "../../api/askTickets";
import { DELIVERY_TONE } from "../../api/deliveryTones";
import type { Official } from "../../api/rowTypes";
import { formatShortMoment, useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";
import { ConfirmDialog, Refused, useSending } from "../../shared/form";
import { Pane } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { Trouble } from "../../shared/Trouble";
import { usePicture } from "../../shared/usePicture";
import styles from "./official.module.css";
import { statusOf, TONES } from "./status";

/** Official invitations are of many events: times are the reader's. */
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Codes whose pictures and scans are shown at once; more on request. */
const CODES_SHOWN = 6;

function Code({ event, member }: { event: string; member: PartyMember }) {
  const { t, locale } = useSpeech();
  const id = member.ticket?.id ?? "";
  const ticket = useQuery({ ...askTickets.ticket(event, id), enabled: id !== "" });
  const good = ticket.data?.status === "active";
  const picture = useQuery({
    ...askTickets.code(id, ticket.data?.version ?? 1),
    enabled: good,
  });
  const address = usePicture(picture.data);
  if (ticket.data === undefined) return <li className={styles.code} aria-busy="true" />;
  const { number, status, scans } = ticket.data;
  return (
    <li className={styles.code}>
      {good && address !== null ? (
        <img src={address} alt={t("tickets.codeOf", { n: number })} />
      ) : (
        <div className={styles.blank} />
      )}
      <div>
        <p className="strong">#{number}</p>
        <Status tone={TICKET_TONE[status]}>{t(`ticketStatus.${status}`)}</Status>
        {scans.length === 0 && <p className="quiet small">{t("official.noScans")}</p>}
        {scans.map((scan) => (
          <p key={`${scan.at} ${scan.code}`} className="small">
            <Status tone={isWelcome(scan.code) ? "came" : "bad"}>{t(`verdict.${scan.code}`)}</Status>
            <span className="quiet">
              {" "}
              {t("lifeLine.atGateAt", {
                when: formatShortMoment(locale, ZONE, scan.at),
                gate: scan.gate,
              })}
            </span>
          </p>
        ))}
      </div>
    </li>
  );
}

function Codes({ official }: { official: Official }) {
  const { t } = useSpeech();
  const [all, setAll] = useState(false);
  const codes = official.members.filter(({ ticket }) => ticket !== null);
  const shown = all ? codes : codes.slice(0, CODES_SHOWN);
  const came = useQueries({
    queries: shown.map(({ ticket }) => askTickets.ticket(official.event_id, ticket?.id ?? "")),
    combine: (results) => results.filter(({ data }) => typeof data?.life_line.checked_in === "number").length,
  });
  return (
    <section aria-labelledby="codes">
      <h3 id="codes">
        {t("official.codes", { count: codes.length })}
        {came > 0 && <span className="quiet"> · {t("guests.summary", { count: came })}</span>}
      </h3>
      <ul>
        {shown.map((member) => (
          <Code key={member.id} event={official.event_id} member={member} />
        ))}
      </ul>
      {!all && codes.length > CODES_SHOWN && (
        <button type="button" className="text-button" onClick={() => setAll(true)}>
          {t("official.allCodes", { count: codes.length })}
        </button>
      )}
    </section>
  );
}

function Details({ official }: { official: Official }) {
  const { t, locale, count } = useSpeech();
  const queries = useQueryClient();
  const sending = useSending();
  const [cancelling, setCancelling] = useState(false);
  const status = statusOf(official.delivery_status);
  const params = { path: { id: official.id } };
  const changed = async (message: string) => {
    notifications.show({ message });
    await queries.invalidateQueries({ queryKey: ["official"] });
    await queries.invalidateQueries({ queryKey: ["event", official.event_id] });
  };
  const resend = () =>
    sending.send(async () => {
      const { queued, already, unreachable } = await content(
        client.POST("/api/admin/official-invitations/{id}/resend", { params }),
      );
      if (queued > 0) await changed(t("official.resent"));
      else if (already > 0) await changed(t("official.waitsAlready"));
      else await changed(t("batches.unreachable", { count: unreachable }));
    });
  const cancel = async () => {
    await done(client.DELETE("/api/admin/official-invitations/{id}", { params }));
    await changed(t("official.cancelled", { name: official.label }));
  };
  return (
    <>
      <p>
        <Status tone={TONES[status]}>{t(`officialStatus.${status}`)}</Status>
      </p>
      <Refused error={sending.error} />
      <Facts
        facts={[
          [t("events.name"), official.event_title],
          [t("guests.type"), official.pass_type],
          [t("official.phone"), official.phone],
          [t("guests.email"), official.email],
          [t("official.quantity"), count(official.quantity)],
          [t("invitations.made"), formatShortMoment(locale, ZONE, official.created_at)],
          [t("newInvitation.message"), official.message],
        ]}
      />
      <Codes official={official} />
      <section aria-labelledby="official-messages">
        <h3 id="official-messages">{t("messages.title")}</h3>
        {official.deliveries.length === 0 && <p className="quiet">{t("messages.none")}</p>}
        <ul>
          {official.deliveries.map((message) => (
            <li key={message.id} className={styles.message}>
              <Status tone={DELIVERY_TONE[message.status]}>
                {t(`deliveryStatus.${message.status}`)}
              </Status>
              <span className="quiet small">
                {t(`channel.${message.channel}`)} ·{" "}
                {formatShortMoment(locale, ZONE, message.sent_at ?? message.queued_at)}
              </span>
            </li>
          ))}
        </ul>
      </section>
      {status !== "cancelled" && (
        <section className={styles.commands}>
          <Button size="compact-sm" variant="default" loading={sending.busy} onClick={() => void resend()}>
            {t("official.resend")}
          </Button>
          <Button size="compact-sm" variant="light" color="red" onClick={() => setCancelling(true)}>
            {t("official.cancel")}
          </Button>
        </section>
      )}
      {cancelling && (
        <ConfirmDialog
          title={t("official.cancel")}
          text={t("official.cancelText", { name: official.label })}
          submit={t("official.cancel")}
          act={cancel}
          close={() => setCancelling(false)}
        />
      )}
    </>
  );
}

/** One official invitation with its codes, scans and messages. */
export function OfficialPane({ id, close }: { id: string; close(): void }) {
  const { t } = useSpeech();
  const official = useQuery({ ...askOffice.official(id), refetchInterval: 10_000 });
  return (
    <Pane title={official.data?.label ?? t("loading")} under={official.data?.number} close={close}>
      {official.isError && official.data === undefined && (
        <Trouble error={official.error} retry={() => void official.refetch()} />
      )}
      {official.data && <Details key={official.data.id} official={official.data} />}
    </Pane>
  );
}
