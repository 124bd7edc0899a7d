import { Button, Group, Modal, NativeSelect, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, type TicketDetail, useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { offerUndo } from "../../shared/undo";

const HOLDS = ["blocked", "unpaid", "unapproved"] as const;

/** Whether a ticket is held back for now. */
export const isHeld = ({ status }: TicketDetail) => HOLDS.some((hold) => hold === status);

/** Makes a held ticket good again. */
export function useRelease(ticket: TicketDetail) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const sending = useSending();
  const params = { path: { id: ticket.id } };
  const run = () =>
    void sending.send(async () => {
      await content(client.POST("/api/tickets/{id}/release", { params }));
      notifications.show({ message: t("tickets.released", { n: ticket.number }) });
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
    });
  return { run, busy: sending.busy, error: sending.error };
}

/** Asks what gates shall say of a ticket that is held back. */
export function Hold({ ticket, close }: { ticket: TicketDetail; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const sending = useSending();
  const [hold, setHold] = useState<(typeof HOLDS)[number]>("blocked");
  const [reason, setReason] = useState("");
  const params = { path: { id: ticket.id } };
  const again = () => queries.invalidateQueries({ queryKey: ["event", event.id] });
  const act = async () => {
    await content(client.POST("/api/tickets/{id}/hold", { params, body: { hold, reason: reason.trim() } }));
    await again();
    offerUndo({
      done: t("tickets.held", { n: ticket.number }),
      async undo() {
        await content(client.POST("/api/tickets/{id}/release", { params }));
        await again();
      },
    });
  };
  return (
    <Modal opened onClose={close} title={t("tickets.hold")}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void sending.send(act).then((done) => done && close());
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["reason"]} />
          <p>{t("tickets.holdText", { n: ticket.number, name: ticket.name })}</p>
          <NativeSelect
            label={t("tickets.holdAs")}
            data-autofocus
            value={hold}
            data={HOLDS.map((value) => ({ value, label: t(`tickets.holds.${value}`) }))}
            onChange={({ target }) => setHold(HOLDS.find((known) => known === target.value) ?? "blocked")}
          />
          <Textarea
            label={t("reason.label")}
            description={t("reason.text")}
            maxLength={500}
            rows={2}
            value={reason}
            error={sending.of("reason")}
            onChange={({ target }) => setReason(target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy}>
              {t("tickets.hold")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
