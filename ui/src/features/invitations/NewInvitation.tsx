import { Button, Group, Modal, NumberInput, Stack, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, type Guest, useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { GuestPicker } from "./GuestPicker";

/** The most people whom one invitation covers. */
const LARGEST_PARTY = 50;

/** One invitation for guests who have none yet. */
export function NewInvitation({ close, made }: { close(): void; made(id: string): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const [guests, setGuests] = useState<Guest[]>([]);
  const [label, setLabel] = useState("");
  const [message, setMessage] = useState("");
  const [plus, setPlus] = useState(0);
  const sending = useSending();
  const submit = () =>
    sending.send(async () => {
      const party = await content(
        client.POST("/api/events/{id}/invitations", {
          params: { path: { id: event.id } },
          headers: { "Idempotency-Key": key },
          body: { guest_ids: guests.map(({ id }) => id), label: label.trim(), message: message.trim(), plus },
        }),
      );
      await queries.invalidateQueries({ queryKey: ["event", event.id] });
      made(party.id);
    });
  return (
    <Modal opened onClose={close} title={t("newInvitation.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["label", "message", "plus"]} />
          <GuestPicker chosen={guests} many onChange={setGuests} />
          <NumberInput
            label={t("newInvitation.plus")}
            description={t("newInvitation.plusText")}
            min={0}
            max={LARGEST_PARTY}
            allowDecimal={false}
            value={plus}
            error={sending.of("plus")}
            onChange={(value) => setPlus(Number(value) || 0)}
          />
          <TextInput
            label={t("newInvitation.label")}
            description={t("newInvitation.labelText")}
            maxLength={200}
            value={label}
            error={sending.of("label")}
            onChange={(event) => setLabel(event.target.value)}
          />
          <Textarea
            label={t("newInvitation.message")}
            rows={3}
            maxLength={2_000}
            value={message}
            error={sending.of("message")}
            onChange={(event) => setMessage(event.target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy} disabled={guests.length + plus === 0}>
              {t("newInvitation.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
