import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Batch, client, content, useEvent } from "../../api";
import { BATCH_TONE, DELIVERY_TONE } from "../../api/deliveryTones";
import { useAllowed } from "../../api/useAllowed";
import { formatMoment, useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";
import { ReasonDialog, Refused, useSending } from "../../shared/form";
import { Pane } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import styles from "./Invitations.module.css";
import { useIssue } from "./useIssue";

/** One batch: where it stands, and its next step. */
export function BatchPane({ batch, close }: { batch: Batch; close(): void }) {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("issue_tickets");
  const sending = useSending();
  const issue = useIssue();
  const [cancelling, setCancelling] = useState(false);
  const path = { id: batch.id };
  const changed = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
  const unmade = batch.status === "draft" || batch.status === "rendering";
  const over = batch.status === "cancelled" || batch.status === "completed";

  const send = () =>
    sending.send(async () => {
      const { queued, already, unreachable } = await content(
        client.POST("/api/invitations/batches/{id}/send", { params: { path } }),
      );
      changed();
      const rest = [
        already > 0 ? t("batches.already", { count: already }) : null,
        unreachable > 0 ? t("batches.unreachable", { count: unreachable }) : null,
      ];
      notifications.show({
        message: [t("batches.queued", { count: queued }), ...rest].filter(Boolean).join(" "),
      });
    });

  const cancel = async (reason: string) => {
    const { voided, used } = await content(
      client.POST("/api/invitations/batches/{id}/cancel", { params: { path }, body: { reason } }),
    );
    changed();
    const came = used > 0 ? ` ${t("batches.used", { count: used })}` : "";
    notifications.show({ message: t("voidInvitation.done", { count: voided }) + came });
  };

  return (
    <Pane title={batch.name} under={t("batches.batch")} close={close}>
      <p>
        <Status tone={BATCH_TONE[batch.status]}>{t(`batchStatus.${batch.status}`)}</Status>
      </p>
      <p className="quiet">{t(`batchStep.${batch.status}`)}</p>
      <Refused error={sending.error} />
      {!over && (
        <div className={styles.tools}>
          {unmade ? (
            <Button {...allowed} onClick={() => void issue.batch(batch.id, batch.name, null)}>
              {batch.status === "draft" ? t("batches.generate") : t("batches.goOn")}
            </Button>
          ) : (
            <Button {...allowed} loading={sending.busy} onClick={() => void send()}>
              {batch.status === "sending" ? t("batches.sendRest") : t("batches.send")}
            </Button>
          )}
        </div>
      )}
      <Facts
        facts={[
          [t("place.invitations"), count(batch.invitations)],
          [t("newBatch.seats"), t(`seatMode.${batch.seat_mode}`)],
          [t("invitations.made"), formatMoment(locale, event.time_zone, batch.created_at)],
        ]}
      />
      <section aria-labelledby="batch-messages">
        <h3 id="batch-messages">{t("messages.title")}</h3>
        {batch.deliveries.length === 0 && <p className="quiet">{t("messages.none")}</p>}
        <ul className={styles.lines}>
          {batch.deliveries.map(({ status, count: n }) => (
            <li key={status}>
              <Status tone={DELIVERY_TONE[status]}>{t(`deliveryStatus.${status}`)}</Status>
              <span>{count(n)}</span>
            </li>
          ))}
        </ul>
      </section>
      {!over && (
        <section className={styles.danger}>
          <Button
            size="compact-sm"
            variant="light"
            color="red"
            {...allowed}
            onClick={() => setCancelling(true)}
          >
            {t("batches.cancel")}
          </Button>
        </section>
      )}
      {cancelling && (
        <ReasonDialog
          title={t("batches.cancel")}
          text={t("batches.cancelText", { name: batch.name })}
          submit={t("batches.cancel")}
          act={cancel}
          close={() => setCancelling(false)}
        />
      )}
    </Pane>
  );
}
