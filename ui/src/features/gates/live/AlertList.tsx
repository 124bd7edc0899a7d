import { Button, Group, Modal, Stack, Textarea } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { type GateAlert, resolveAlert } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { formatShortMoment, isolate, useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { Status } from "../../../shared/Status";
import styles from "./live.module.css";

/** Says what an alert is about. */
function useAlertWords(): (alert: GateAlert) => string {
  const { t } = useSpeech();
  return ({ kind, device_name, number }) =>
    t(`gates.alerts.kind.${kind}`, { device: device_name ?? t("gates.kind.gate"), n: number ?? 0 });
}

function Resolve({ alert, close }: { alert: GateAlert; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const words = useAlertWords();
  const queries = useQueryClient();
  const sending = useSending();
  const [note, setNote] = useState("");
  const resolve = () =>
    sending.send(async () => {
      await resolveAlert(alert.id, note.trim());
      close();
      notifications.show({ message: t("gates.alerts.resolved") });
      await queries.invalidateQueries({ queryKey: ["event", event.id, "alerts"] });
    });
  return (
    <Modal opened onClose={close} title={t("gates.alerts.resolveTitle")}>
      <form
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void resolve();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["note"]} />
          <p>{words(alert)}</p>
          <Textarea
            label={t("gates.alerts.note")}
            description={t("gates.alerts.noteText")}
            rows={2}
            maxLength={500}
            data-autofocus
            value={note}
            error={sending.of("note")}
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
              {t("gates.alerts.resolve")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}

/** Alerts, those that wait for somebody first, each with what to do. */
export function AlertList({ alerts }: { alerts: readonly GateAlert[] }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const words = useAlertWords();
  const allowed = useAllowed()(MANAGE_GATES);
  const [asking, ask] = useState<GateAlert | null>(null);
  const sorted = alerts.toSorted(
    (a, b) => Number(a.resolved_at !== null) - Number(b.resolved_at !== null) || b.at - a.at,
  );
  return (
    <>
      <ul className={styles.alerts}>
        {sorted.map((alert) => {
          const what = words(alert);
          return (
            <li key={alert.id} data-resolved={alert.resolved_at !== null}>
              <div>
                <Status tone={alert.resolved_at === null ? "wait" : "quiet"}>{what}</Status>
                <p className="quiet small">
                  {alert.resolved_at === null
                    ? t(`gates.alerts.step.${alert.kind}`)
                    : t("gates.alerts.resolvedAt", {
                        when: formatShortMoment(locale, time_zone, alert.resolved_at),
                      })}
                </p>
                {alert.note !== null && alert.note !== "" && <p className="small">{isolate(alert.note)}</p>}
              </div>
              <time className="quiet small">{formatShortMoment(locale, time_zone, alert.at)}</time>
              {alert.resolved_at === null && (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={`${t("gates.alerts.resolve")}: ${what}`}
                  {...allowed}
                  onClick={() => ask(alert)}
                >
                  {t("gates.alerts.resolve")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {asking !== null && <Resolve alert={asking} close={() => ask(null)} />}
    </>
  );
}
