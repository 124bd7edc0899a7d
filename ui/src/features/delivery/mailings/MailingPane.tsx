import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvent } from "../../../api";
import { stepMailing } from "../../../api/askDelivery";
import { DELIVERY_TONE } from "../../../api/deliveryTones";
import type { Mailing } from "../../../api/deliveryTypes";
import { useAllowed } from "../../../api/useAllowed";
import { formatMoment, useSpeech } from "../../../locales";
import { Facts } from "../../../shared/Facts";
import { ConfirmDialog, Refused, useSending } from "../../../shared/form";
import { Pane } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import styles from "../delivery.module.css";
import { countOf, STATUSES, waits } from "../kinds";
import { Progress } from "./Progress";
import { MAILING_TONE } from "./tones";
import { useAudienceWords } from "./useMailingWords";

/** One mailing: how far it is, and how to hold it or call it off. */
export function MailingPane({ mailing, close }: { mailing: Mailing; close(): void }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("issue_tickets");
  const whom = useAudienceWords();
  const sending = useSending();
  const [cancelling, setCancelling] = useState(false);
  const { id, kind, status, counts, message, due_at, created_at } = mailing;
  const step = async (to: "pause" | "resume" | "cancel") => {
    await stepMailing(id, to);
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
  };
  const over = status === "completed" || status === "cancelled";
  const waiting = countOf(counts, waits);
  const { held, held_until, needed } = mailing;
  return (
    <Pane title={t(`messageKind.${kind}`)} under={t("delivery.mailing")} close={close}>
      <p>
        <Status tone={MAILING_TONE[status]}>{t(`mailingStatus.${status}`)}</Status>
      </p>
      <Progress mailing={mailing} />
      {needed && <p className="quiet small">{t("mailing.neededNow")}</p>}
      {held > 0 && held_until !== null && (
        <p>{t("mailing.held", { count: held, when: formatMoment(locale, event.time_zone, held_until) })}</p>
      )}
      <Refused error={sending.error} />
      <div className={styles.tools}>
        {status === "sending" && (
          <Button
            size="compact-sm"
            variant="default"
            loading={sending.busy}
            {...allowed}
            onClick={() => void sending.send(() => step("pause"))}
          >
            {t("mailing.pause")}
          </Button>
        )}
        {status === "paused" && (
          <Button
            size="compact-sm"
            loading={sending.busy}
            {...allowed}
            onClick={() => void sending.send(() => step("resume"))}
          >
            {t("mailing.resume")}
          </Button>
        )}
      </div>
      <Facts
        facts={[
          [t("delivery.to"), whom(mailing.audience)],
          [t(status === "scheduled" ? "mailing.leavesAt" : "delivery.when"), formatMoment(locale, event.time_zone, due_at)],
          [t("invitations.made"), formatMoment(locale, event.time_zone, created_at)],
          [
            t("newMailing.words"),
            message !== "" && (
              <span key="words" className={styles.words} dir="auto">
                {message}
              </span>
            ),
          ],
        ]}
      />
      <section aria-labelledby="mailing-messages">
        <h3 id="mailing-messages">{t("messages.title")}</h3>
        {counts.length === 0 && <p className="quiet">{t("messages.none")}</p>}
        <ul className={styles.lines}>
          {STATUSES.map((known) => {
            const n = countOf(counts, (one) => one === known);
            if (n === 0) return null;
            return (
              <li key={known}>
                <Status tone={DELIVERY_TONE[known]}>{t(`deliveryStatus.${known}`)}</Status>
                <span>{count(n)}</span>
              </li>
            );
          })}
        </ul>
        {counts.length > 0 && (
          <p>
            <Link
              className="link"
              to="/events/$event/delivery"
              params={{ event: event.id }}
              search={{ section: "messages", mailing: id }}
            >
              {t("mailing.show")}
            </Link>
          </p>
        )}
      </section>
      {!over && (
        <div className={styles.quietly}>
          <Button size="compact-sm" variant="light" color="red" {...allowed} onClick={() => setCancelling(true)}>
            {t("mailing.cancel")}
          </Button>
        </div>
      )}
      {cancelling && (
        <ConfirmDialog
          title={t("mailing.cancel")}
          text={
            status === "scheduled" ? t("mailing.cancelScheduled") : t("mailing.cancelText", { count: waiting })
          }
          submit={t("mailing.cancel")}
          act={() => step("cancel")}
          close={() => setCancelling(false)}
        />
      )}
    </Pane>
  );
}
