import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { client, done, useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";

/** Keeps the event's plan under a name. */
export function TemplateDialog({ close }: { close(): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const sending = useSending();
  const [name, setName] = useState(event.title);
  const submit = (press: FormEvent) => {
    press.preventDefault();
    void sending.send(async () => {
      const params = { path: { id: event.id } };
      await done(client.POST("/api/events/{id}/template", { params, body: { name: name.trim() } }));
      close();
      notifications.show({ message: t("template.saved", { name: name.trim() }) });
    });
  };
  return (
    <Modal opened onClose={close} title={t("template.title")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Refused error={sending.error} fields={["name"]} />
          <p className="quiet">{t("template.text")}</p>
          <TextInput
            label={t("template.name")}
            data-autofocus
            value={name}
            error={sending.of("name")}
            onChange={({ target }) => setName(target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy} disabled={name.trim() === ""}>
              {t("template.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
