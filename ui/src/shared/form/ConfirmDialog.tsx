import { Button, Group, Modal, Stack } from "@mantine/core";
import type { ReactNode } from "react";
import { useSpeech } from "../../locales";
import { Refused } from "./Refused";
import { useSending } from "./useSending";

/** Asks once more, for what can't be taken back and takes no reason. */
export function ConfirmDialog({
  title,
  text,
  submit,
  act,
  close,
}: {
  title: string;
  /** What will happen. */
  text: ReactNode;
  /** The button's words. */
  submit: string;
  act(): Promise<unknown>;
  close(): void;
}) {
  const { t } = useSpeech();
  const sending = useSending();
  return (
    <Modal opened onClose={close} title={title}>
      <Stack gap="md">
        <Refused error={sending.error} />
        <p>{text}</p>
        <Group justify="flex-end" gap="sm">
          <Button variant="default" data-autofocus onClick={close}>
            {t("cancel")}
          </Button>
          <Button
            color="red"
            loading={sending.busy}
            onClick={() => void sending.send(act).then((done) => done && close())}
          >
            {submit}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
