import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { useSpeech } from "../../locales";
import { Refused } from "./Refused";
import { useSending } from "./useSending";

/** Asks why, for what can't be taken back; says before what will happen. */
export function ReasonDialog({
  title,
  text,
  act,
  close,
  submit,
}: {
  title: string;
  /** What will happen. */
  text: ReactNode;
  /** The button's words. */
  submit: string;
  act(reason: string): Promise<unknown>;
  close(): void;
}) {
  const { t } = useSpeech();
  const [reason, setReason] = useState("");
  const sending = useSending();
  return (
    <Modal opened onClose={close} title={title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void sending.send(() => act(reason.trim())).then((done) => done && close());
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["reason"]} />
          <p>{text}</p>
          <Textarea
            label={t("reason.label")}
            description={t("reason.text")}
            maxLength={500}
            rows={2}
            data-autofocus
            value={reason}
            error={sending.of("reason")}
            onChange={(event) => setReason(event.target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" color="red" loading={sending.busy}>
              {submit}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
