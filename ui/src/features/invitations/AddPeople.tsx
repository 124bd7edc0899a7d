import { Button, Group, Modal, Stack } from "@mantine/core";
import { useState } from "react";
import { client, content, type Guest, type Party } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { GuestPicker } from "./GuestPicker";

/** Guests without an invitation join this one. */
export function AddPeople({ party, changed, close }: { party: Party; changed(): void; close(): void }) {
  const { t } = useSpeech();
  const [key] = useState(() => crypto.randomUUID());
  const [guests, setGuests] = useState<Guest[]>([]);
  const sending = useSending();
  const submit = async () => {
    const done = await sending.send(() =>
      content(
        client.POST("/api/invitations/{id}/guests", {
          params: { path: { id: party.id } },
          headers: { "Idempotency-Key": key },
          body: { guest_ids: guests.map(({ id }) => id) },
        }),
      ),
    );
    if (!done) return;
    changed();
    close();
  };
  return (
    <Modal opened onClose={close} title={t("addPeople.title")}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} />
          <GuestPicker chosen={guests} many onChange={setGuests} />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy} disabled={guests.length === 0}>
              {t("addPeople.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
