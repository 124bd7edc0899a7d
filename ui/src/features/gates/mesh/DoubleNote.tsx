import { Button, Group, Modal, Radio, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { askGates, type DoubleOutcome, type MeshDouble, noteDouble } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { useWho } from "./Doubles";

const OUTCOMES = ["let_stay", "asked_to_leave", "mistaken"] as const satisfies readonly DoubleOutcome[];

/** What a note may take as it is sent, in bytes. */
const MOST_NOTE_BYTES = 1_000;

/** What became of somebody who came in on a used ticket, in a person's words. */
export function DoubleNote({ double, close }: { double: MeshDouble; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const who = useWho()(double);
  const queries = useQueryClient();
  const sending = useSending();
  const [outcome, choose] = useState<DoubleOutcome | null>(null);
  const [lacking, setLacking] = useState(false);
  const [note, setNote] = useState("");
  const text = note.trim();
  const long = new TextEncoder().encode(text).length > MOST_NOTE_BYTES;
  const keep = () =>
    sending.send(async () => {
      if (outcome === null) {
        setLacking(true);
        return;
      }
      if (long) return;
      const view = await noteDouble(event.id, { double: double.double, outcome, note: text });
      queries.setQueryData(askGates.mesh(event.id).queryKey, view);
      notifications.show({ message: t("gates.mesh.doubles.noted") });
      close();
    });
  return (
    <Modal opened onClose={close} title={t("gates.mesh.doubles.decideTitle", { who })}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void keep();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["note"]} />
          <Radio.Group
            label={t("gates.mesh.doubles.what")}
            value={outcome ?? ""}
            error={lacking && outcome === null ? t("gates.mesh.doubles.choose") : null}
            onChange={(value) => choose(OUTCOMES.find((known) => known === value) ?? null)}
          >
            <Stack gap="sm" mt="xs">
              {OUTCOMES.map((known, index) => (
                <Radio
                  key={known}
                  value={known}
                  label={t(`gates.mesh.outcome.${known}`)}
                  description={t(`gates.mesh.outcomeText.${known}`)}
                  {...(index === 0 ? { "data-autofocus": true } : {})}
                />
              ))}
            </Stack>
          </Radio.Group>
          <Textarea
            label={t("gates.mesh.doubles.note")}
            description={t("gates.mesh.doubles.noteText")}
            rows={2}
            value={note}
            error={long ? t("gates.mesh.doubles.noteLong") : sending.of("note")}
            onChange={({ target }) => {
              sending.clear();
              setNote(target.value);
            }}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy}>
              {t("gates.mesh.doubles.keep")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
