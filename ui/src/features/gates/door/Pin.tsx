import { Button, Group, Modal, PasswordInput, Stack } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { askDoorSettings, setPin } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { ConfirmDialog, Refused, useSending } from "../../../shared/form";
import { Status } from "../../../shared/Status";
import styles from "../gates.module.css";
import { pinLack } from "./pinLack";

function GivePin({ given, close }: { given(): Promise<unknown>; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const sending = useSending();
  const [pin, typePin] = useState("");
  const [again, typeAgain] = useState("");
  const lack = pinLack(pin);
  const differs = again !== "" && !pin.startsWith(again);
  const digits = { inputMode: "numeric", autoComplete: "off", maxLength: 12 } as const;
  const give = () =>
    sending.send(async () => {
      await setPin(event.id, pin);
      close();
      notifications.show({ message: t("gates.pin.given") });
      await given();
    });
  return (
    <Modal opened onClose={close} title={t("gates.pin.give")}>
      <form
        noValidate
        onSubmit={(submitted) => {
          submitted.preventDefault();
          if (lack === null && pin === again) void give();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["pin"]} />
          <PasswordInput
            {...digits}
            label={t("gates.pin.label")}
            description={t("gates.pin.text")}
            data-autofocus
            value={pin}
            error={sending.of("pin") ?? (again !== "" && lack !== null ? t(`gates.pin.${lack}`) : null)}
            onChange={({ target }) => {
              sending.clear();
              typePin(target.value);
            }}
          />
          <PasswordInput
            {...digits}
            label={t("gates.pin.again")}
            value={again}
            error={differs ? t("gates.pin.differs") : null}
            onChange={({ target }) => typeAgain(target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy} disabled={lack !== null || pin !== again}>
              {t("save")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** The PIN by which a supervisor overrides a gate. */
export function Pin() {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()(MANAGE_GATES);
  const settings = useQuery(askDoorSettings(event.id));
  const [asking, ask] = useState<"give" | "take" | null>(null);
  const isSet = settings.data?.body.pin_set;
  const again = () => queries.invalidateQueries(askDoorSettings(event.id));
  const take = async () => {
    await setPin(event.id, null);
    notifications.show({ message: t("gates.pin.taken") });
    await again();
  };
  return (
    <section className={styles.part} aria-labelledby="pin">
      <h2 id="pin">{t("gates.pin.title")}</h2>
      <p className="quiet">{t("gates.pin.what")}</p>
      {isSet !== undefined && (
        <div className={styles.buttons}>
          <Status tone={isSet ? "good" : "wait"}>{t(isSet ? "gates.pin.set" : "gates.pin.none")}</Status>
          <Button size="compact-sm" variant="default" {...allowed} onClick={() => ask("give")}>
            {t(isSet ? "gates.pin.change" : "gates.pin.give")}
          </Button>
          {isSet && (
            <Button size="compact-sm" variant="subtle" color="red" {...allowed} onClick={() => ask("take")}>
              {t("gates.pin.take")}
            </Button>
          )}
        </div>
      )}
      {asking === "give" && <GivePin given={again} close={() => ask(null)} />}
      {asking === "take" && (
        <ConfirmDialog
          title={t("gates.pin.take")}
          text={t("gates.pin.takeText")}
          submit={t("gates.pin.take")}
          act={take}
          close={() => ask(null)}
        />
      )}
    </section>
  );
}
