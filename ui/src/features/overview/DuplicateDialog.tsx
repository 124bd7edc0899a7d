import { Button, Checkbox, Group, Modal, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useState } from "react";
import { client, content, useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { DayField, today } from "../../shared/dates";
import { Refused, useSending } from "../../shared/form";

/** Plans an event like this one. */
export function DuplicateDialog({ close }: { close(): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const navigate = useNavigate();
  const sending = useSending();
  const [title, setTitle] = useState(event.title);
  const [begins, setBegins] = useState<string | null>(null);
  const [withGuests, setWithGuests] = useState(false);
  const [request] = useState(() => crypto.randomUUID());
  const submit = (press: FormEvent) => {
    press.preventDefault();
    void sending.send(async () => {
      const made = await content(
        client.POST("/api/events/{id}/duplicate", {
          params: { path: { id: event.id } },
          headers: { "idempotency-key": request },
          body: { title: title.trim(), begins, with_guests: withGuests },
        }),
      );
      queries.setQueryData(["event", made.id], made);
      await queries.invalidateQueries({ queryKey: ["events"] });
      close();
      await navigate({ to: "/events/$event/overview", params: { event: made.id } });
      notifications.show({ message: t("planning.made", { title: made.title }) });
    });
  };
  return (
    <Modal opened onClose={close} title={t("duplicate.title")}>
      <form onSubmit={submit} noValidate>
        <Stack gap="md">
          <Refused error={sending.error} fields={["title", "begins"]} />
          <TextInput
            label={t("planning.title")}
            data-autofocus
            value={title}
            error={sending.of("title")}
            onChange={({ target }) => setTitle(target.value)}
          />
          <DayField
            label={t("duplicate.begins")}
            description={t("duplicate.beginsText")}
            day={begins}
            least={today()}
            error={sending.of("begins")}
            onChange={setBegins}
          />
          <Checkbox
            label={t("duplicate.withGuests")}
            description={t("duplicate.withGuestsText")}
            checked={withGuests}
            onChange={({ target }) => setWithGuests(target.checked)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy}>
              {t("duplicate.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
