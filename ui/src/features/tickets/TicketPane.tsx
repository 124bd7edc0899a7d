import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, isWelcome, type TicketDetail, useColour, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { useAllowed } from "../../api/useAllowed";
import { formatShortMoment, useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";
import { ReasonDialog, Refused, useSending } from "../../shared/form";
import { LifeLine } from "../../shared/LifeLine";
import { usePlace } from "../../shared/place";
import { Pane } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { Trouble } from "../../shared/Trouble";
import { TypeMark } from "../../shared/TypeMark";
import { usePicture } from "../../shared/usePicture";
import { useRefusal } from "../../shared/useRefusal";
import { Hold, isHeld, useRelease } from "./Hold";
import { holder, TicketStatus } from "./TicketStatus";
import { Transfer, whyNotGiven } from "./Transfer";
import styles from "./tickets.module.css";

function Code({ ticket }: { ticket: TicketDetail }) {
  const { t } = useSpeech();
  const picture = useQuery({
    ...askTickets.code(ticket.id, ticket.version),
    enabled: ticket.status === "active",
  });
  const address = usePicture(picture.data);
  if (ticket.status !== "active") return null;
  return (
    <figure className={styles.code}>
      {/* The code keeps its white ground and quiet zone in every theme. */}
      {address === null ? (
        <div className={styles.blank} />
      ) : (
        <img src={address} alt={t("tickets.codeOf", { n: ticket.number })} />
      )}
      <figcaption className="quiet small">
        #{ticket.number} · {t("tickets.codeVersion", { n: ticket.version })}
      </figcaption>
    </figure>
  );
}

function Scans({ ticket }: { ticket: TicketDetail }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  return (
    <section aria-labelledby="scans">
      <h3 id="scans">{t("tickets.scans")}</h3>
      {ticket.scans.length === 0 && <p className="quiet">{t("tickets.noScans")}</p>}
      <ul className={styles.scans}>
        {ticket.scans.map((scan) => (
          <li key={`${scan.at} ${scan.gate} ${scan.code}`}>
            <Status tone={isWelcome(scan.code) ? "came" : "bad"}>{t(`verdict.${scan.code}`)}</Status>
            <span className="quiet small">
              {t("lifeLine.atGateAt", {
                when: formatShortMoment(locale, time_zone, scan.at),
                gate: scan.gate,
              })}
              {scan.afterwards && ` · ${t("tickets.enteredAfterwards")}`}
              {scan.aside && ` · ${t("tickets.putAside")}`}
            </span>
            {scan.reason !== null && <span className="small">{t("tickets.scanReason", { reason: scan.reason })}</span>}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Whether it opens no door any more, for good. */
const isGone = ({ status }: TicketDetail) => status === "voided" || status === "transferred";

/** The ticket that came before or after this one. */
function Other({ ticket }: { ticket: NonNullable<TicketDetail["transferred_to"]> }) {
  const { t } = useSpeech();
  const { settle } = usePlace();
  return (
    <button type="button" className="link" onClick={() => settle({ open: ticket.id })}>
      {t("member.ticket", { n: ticket.number })}
    </button>
  );
}

/** Why a ticket's code can't be made anew. */
function whyNoNewCode(ticket: TicketDetail): "tickets.cameAlready" | null {
  return ticket.life_line.checked_in === null ? null : "tickets.cameAlready";
}

function Details({ ticket }: { ticket: TicketDetail }) {
  const event = useEvent();
  const { t } = useSpeech();
  const { go, settle } = usePlace();
  const again = useSending();
  const colour = useColour();
  const queries = useQueryClient();
  const allowed = useAllowed()("issue_tickets");
  const [asking, ask] = useState<"void" | "regenerate" | "transfer" | "hold" | null>(null);
  const params = { path: { id: ticket.id } };
  const noNewCode = whyNoNewCode(ticket);
  const say = useRefusal();
  const notGiven = whyNotGiven(ticket);
  const release = useRelease(ticket);

  const said = async (message: string) => {
    notifications.show({ message });
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
  };
  const act = {
    async void(reason: string) {
      await content(client.POST("/api/tickets/{id}/void", { params, body: { reason } }));
      await said(t("tickets.voided", { n: ticket.number }));
    },
    async again() {
      const made = await content(client.POST("/api/tickets/{id}/issue-again", { params }));
      await said(t("tickets.issuedAgain", { n: made.number }));
      settle({ open: made.id });
    },
    async regenerate(reason: string) {
      const made = await content(
        client.POST("/api/tickets/{id}/regenerate", { params, body: { reason } }),
      );
      await said(t("tickets.regenerated", { n: made.number }));
    },
  };

  return (
    <>
      <p>
        <TicketStatus ticket={ticket} />
      </p>
      <Code ticket={ticket} />
      <Facts
        facts={[
          [
            t("tickets.type"),
            <TypeMark key="type" name={ticket.ticket_type} colour={colour(ticket.ticket_type)} />,
          ],
          [t("tickets.seat"), ticket.seat],
          [
            t("tickets.invitation"),
            <button
              key="invitation"
              type="button"
              className="link"
              onClick={() => go(event.id, "invitations", { open: ticket.invitation_id })}
            >
              {ticket.invitation}
            </button>,
          ],
          [t("tickets.party"), ticket.party],
          [t("guests.company"), ticket.company],
          [t("guests.email"), ticket.email],
          [t("transfer.to"), ticket.transferred_to && <Other key="to" ticket={ticket.transferred_to} />],
          [
            t("transfer.from"),
            ticket.transferred_from && <Other key="from" ticket={ticket.transferred_from} />,
          ],
          [t("invitations.status"), t(`memberStatus.${ticket.member_status}`)],
        ]}
      />
      <LifeLine times={ticket.life_line} gate={ticket.gate} zone={event.time_zone} />
      <Scans ticket={ticket} />
      {ticket.status === "voided" && (
        <section className={styles.commands}>
          <Button
            size="compact-sm"
            variant="default"
            {...allowed}
            loading={again.busy}
            onClick={() => void again.send(act.again)}
          >
            {t("tickets.issueAgain")}
          </Button>
          <Refused error={again.error} />
        </section>
      )}
      {!isGone(ticket) && (
        <section className={styles.commands}>
          {isHeld(ticket) ? (
            <Button
              size="compact-sm"
              variant="default"
              {...allowed}
              loading={release.busy}
              onClick={release.run}
            >
              {t("tickets.release")}
            </Button>
          ) : (
            <Button
              size="compact-sm"
              variant="default"
              {...allowed}
              onClick={() => ask("hold")}
            >
              {t("tickets.hold")}
            </Button>
          )}
          <Button
            size="compact-sm"
            variant="default"
            {...(notGiven === null
              ? allowed
              : { disabled: true, title: say({ code: notGiven, message: notGiven }) })}
            onClick={() => ask("transfer")}
          >
            {t("transfer.title")}
          </Button>
          <Button
            size="compact-sm"
            variant="default"
            {...(noNewCode === null ? allowed : { disabled: true, title: t(noNewCode) })}
            onClick={() => ask("regenerate")}
          >
            {t("tickets.regenerate")}
          </Button>
          <Button
            size="compact-sm"
            variant="light"
            color="red"
            {...allowed}
            onClick={() => ask("void")}
          >
            {t("tickets.void")}
          </Button>
          {noNewCode !== null && <p className="quiet small">{t(noNewCode)}</p>}
          <Refused error={release.error} />
        </section>
      )}
      {asking === "hold" && <Hold ticket={ticket} close={() => ask(null)} />}
      {asking === "transfer" && <Transfer ticket={ticket} close={() => ask(null)} />}
      {(asking === "void" || asking === "regenerate") && (
        <ReasonDialog
          title={t(`tickets.${asking}`)}
          text={t(`tickets.${asking}Text`, { n: ticket.number, name: ticket.name })}
          submit={t(`tickets.${asking}`)}
          act={act[asking]}
          close={() => ask(null)}
        />
      )}
    </>
  );
}

/** One ticket: its code, what happened to it, and what can still be done. */
export function TicketPane({ id, close }: { id: string; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const ticket = useQuery(askTickets.ticket(event.id, id));
  const title = ticket.data === undefined ? t("loading") : holder(t, ticket.data);
  const under = ticket.data === undefined ? undefined : `#${ticket.data.number}`;
  return (
    <Pane title={title} under={under} close={close}>
      {ticket.isError && ticket.data === undefined && (
        <Trouble error={ticket.error} retry={() => void ticket.refetch()} />
      )}
      {ticket.data && <Details key={ticket.data.id} ticket={ticket.data} />}
    </Pane>
  );
}
