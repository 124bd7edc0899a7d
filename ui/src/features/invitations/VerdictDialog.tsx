import { Button, Modal } from "@mantine/core";
import { useEvent } from "../../api";
import type { Shown } from "../../api/rowTypes";
import { formatShortMoment, joined, useSpeech } from "../../locales";
import styles from "./Verdict.module.css";

/** What a gate would show, as large: colour, shape and word each say it alone. */
export function VerdictDialog({ shown, close }: { shown: Shown; close(): void }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const good = shown.verdict !== "refused";
  const facts = joined(
    [shown.ticket_type, shown.seat, shown.number === null ? null : `#${shown.number}`],
    " · ",
  );
  const when = (at: number) => formatShortMoment(locale, time_zone, at);
  return (
    <Modal opened onClose={close} title={t("checkIn.title")} size="lg">
      <div className={`${styles.verdict} ${good ? styles.good : styles.bad}`} role="alert">
        <span className={styles.shape} aria-hidden="true">
          {good ? "✓" : "✕"}
        </span>
        <p className={styles.word}>{t(`verdict.${shown.code}`)}</p>
        {shown.name !== null && <p className={styles.name}>{shown.name}</p>}
        {facts !== "" && <p className={styles.facts}>{facts}</p>}
        {!good && shown.first_used_at !== null && (
          <p className={styles.facts}>
            {t("checkIn.before", {
              when: when(shown.first_used_at),
              gate: shown.first_used_gate ?? t("checkIn.aGate"),
            })}
          </p>
        )}
        {!good && shown.doors_at !== null && (
          <p className={styles.facts}>{t("checkIn.doors", { when: when(shown.doors_at) })}</p>
        )}
      </div>
      <div className={styles.foot}>
        <p className="quiet">{good ? t("checkIn.goodText") : t("checkIn.badText")}</p>
        <Button data-autofocus onClick={close}>
          {t("close")}
        </Button>
      </div>
    </Modal>
  );
}
