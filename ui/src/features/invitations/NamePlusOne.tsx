import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { client, content, type Guest, useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { GuestPicker } from "./GuestPicker";

/** Says who a plus-one is: somebody of the list, or somebody who is put on it now. */
export function NamePlusOne({
  host,
  act,
  error,
  close,
}: {
  host: string;
  act(guest: string, name: string): Promise<boolean>;
  /** Why `act` was refused. */
  error: unknown;
  close(): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [chosen, setChosen] = useState<Guest[]>([]);
  const sending = useSending();
  const known = chosen[0];

  const submit = () =>
    sending.send(async () => {
      const guest =
        known ??
        (await content(
          client.POST("/api/events/{id}/guests", {
            params: { path: { id: event.id } },
            headers: { "Idempotency-Key": key },
            body: { name: name.trim(), ...(email.trim() === "" ? {} : { email: email.trim() }) },
          }),
        ));
      if (await act(guest.id, guest.name)) close();
    });

  return (
    <Modal opened onClose={close} title={t("plusOne.title", { name: host })}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error ?? error} fields={["name", "email"]} />
          <TextInput
            label={t("guests.name")}
            data-autofocus
            maxLength={200}
            disabled={known !== undefined}
            value={known?.name ?? name}
            error={sending.of("name")}
            onChange={(change) => setName(change.target.value)}
          />
          <TextInput
            type="email"
            label={t("guests.email")}
            disabled={known !== undefined}
            value={known?.email ?? email}
            error={sending.of("email")}
            onChange={(change) => setEmail(change.target.value)}
          />
          <details>
            <summary>{t("plusOne.fromList")}</summary>
            <GuestPicker chosen={chosen} many={false} onChange={setChosen} />
          </details>
          <Group justify="flex-end" gap="sm">
            {known !== undefined && (
              <Button variant="subtle" onClick={() => setChosen([])}>
                {t("plusOne.another")}
              </Button>
            )}
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button
              type="submit"
              loading={sending.busy}
              disabled={known === undefined && name.trim() === ""}
            >
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
