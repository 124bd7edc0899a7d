import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, type TicketDetail, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { usePlace } from "../../shared/place";
import { holder } from "./TicketStatus";

/** Why a ticket can't be given to somebody else, as a code of the API; null when it may be tried. */
export function whyNotGiven({
  status,
  life_line,
}: TicketDetail): "ticket_used" | "ticket_voided" | "ticket_not_good" | null {
  if (status === "voided") return "ticket_voided";
  if (life_line.checked_in !== null) return "ticket_used";
  return status === "active" ? null : "ticket_not_good";
}

const FIELDS = ["name", "email", "phone", "reason"] as const;
type Field = (typeof FIELDS)[number];

const LABELS = {
  name: "guests.name",
  email: "guests.email",
  phone: "guestField.phone",
  reason: "reason.label",
} as const satisfies Record<Field, string>;

/** Who gets a ticket instead of its holder. */
export function Transfer({ ticket, close }: { ticket: TicketDetail; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const { settle } = usePlace();
  const queries = useQueryClient();
  const [typed, setTyped] = useState<Record<Field, string>>({ name: "", email: "", phone: "", reason: "" });
  const [key] = useState(() => crypto.randomUUID());
  const sending = useSending();
  const given = (text: string) => text.trim() || null;
  const give = () =>
    sending.send(async () => {
      const params = { path: { id: ticket.id } };
      const made = await content(
        client.POST("/api/tickets/{id}/transfer", {
          params,
          headers: { "Idempotency-Key": key },
          body: {
            name: typed.name.trim(),
            email: given(typed.email),
            phone: given(typed.phone),
            reason: typed.reason.trim(),
          },
        }),
      );
      queries.setQueryData(askTickets.ticket(event.id, made.id).queryKey, made);
      close();
      settle({ open: made.id });
      notifications.show({
        message: t("transfer.done", { old: ticket.number, name: made.name, n: made.number }),
      });
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
    });
  const field = (name: Field) => ({
    label: t(LABELS[name]),
    value: typed[name],
    error: sending.of(name),
    onChange({ target }: { target: { value: string } }) {
      sending.clear();
      setTyped({ ...typed, [name]: target.value });
    },
  });
  return (
    <Modal opened onClose={close} title={t("transfer.title")}>
      <form
        noValidate
        autoComplete="off"
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void give();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={FIELDS} />
          <p>{t("transfer.text", { n: ticket.number, name: holder(t, ticket) })}</p>
          <TextInput {...field("name")} maxLength={200} required data-autofocus />
          <TextInput {...field("email")} type="email" description={t("transfer.emailText")} />
          <TextInput {...field("phone")} type="tel" />
          <TextInput {...field("reason")} maxLength={500} description={t("reason.text")} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy}>
              {t("transfer.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
