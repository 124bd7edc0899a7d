import { Button, Group, Modal, NativeSelect, NumberInput, Radio, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Batch, client, content, useEvent } from "../../api";
import type { SeatMode } from "../../api/rowTypes";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";

const SEAT_MODES: readonly SeatMode[] = ["manual", "none"];

/** The most invitations without names that one batch makes. */
const MOST_BLANK = 100_000;

/** A new batch, generated at once: for everybody who has no invitation, or blank ones. */
export function NewBatch({
  name: suggested,
  close,
  made,
}: {
  name: string;
  close(): void;
  made(batch: Batch, quantity: number | null): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState(suggested);
  const [whom, setWhom] = useState<"guests" | "blank">("guests");
  const [quantity, setQuantity] = useState(50);
  const [seats, setSeats] = useState<SeatMode>("manual");
  const sending = useSending();
  const submit = () =>
    sending.send(async () => {
      const batch = await content(
        client.POST("/api/invitations/batches", {
          headers: { "Idempotency-Key": key },
          body: { event_id: event.id, name: name.trim(), seat_mode: seats },
        }),
      );
      void queries.invalidateQueries({ queryKey: ["event", event.id, "batches"] });
      made(batch, whom === "blank" ? quantity : null);
    });
  return (
    <Modal opened onClose={close} title={t("newBatch.title")}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void submit();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["name", "seat_mode"]} />
          <TextInput
            label={t("newBatch.name")}
            description={t("newBatch.nameText")}
            data-autofocus
            required
            withAsterisk={false}
            maxLength={200}
            value={name}
            error={sending.of("name")}
            onChange={(change) => setName(change.target.value)}
          />
          <Radio.Group
            label={t("newBatch.whom")}
            value={whom}
            onChange={(value) => setWhom(value === "blank" ? "blank" : "guests")}
          >
            <Stack gap="xs" mt={4}>
              <Radio value="guests" label={t("newBatch.guests")} />
              <Radio value="blank" label={t("newBatch.blank")} />
            </Stack>
          </Radio.Group>
          {whom === "blank" && (
            <NumberInput
              label={t("newBatch.quantity")}
              min={1}
              max={MOST_BLANK}
              allowDecimal={false}
              value={quantity}
              onChange={(value) => setQuantity(Math.max(1, Number(value) || 1))}
            />
          )}
          <NativeSelect
            label={t("newBatch.seats")}
            value={seats}
            error={sending.of("seat_mode")}
            data={SEAT_MODES.map((value) => ({ value, label: t(`seatMode.${value}`) }))}
            onChange={(change) =>
              setSeats(SEAT_MODES.find((known) => known === change.target.value) ?? "manual")
            }
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy} disabled={name.trim() === ""}>
              {t("newBatch.submit")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
