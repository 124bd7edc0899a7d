import { formatMoment, useSpeech } from "../locales";
import styles from "./LifeLine.module.css";

const STEPS = ["created", "rendered", "emailed", "downloaded", "opened", "checked_in"] as const;

/** What has happened to a ticket, from its issue to the door; UTC ms, null for what has not. */
export function LifeLine({
  times,
  gate,
  zone,
}: {
  times: Readonly<Record<(typeof STEPS)[number], number | null>>;
  gate: string | null;
  /** The event's time zone. */
  zone: string;
}) {
  const { t, locale } = useSpeech();
  return (
    <section aria-labelledby="life-line">
      <h3 id="life-line">{t("lifeLine.title")}</h3>
      <ol className={styles.line}>
        {STEPS.map((step) => {
          const at = times[step];
          const state = at === null ? styles.ahead : step === "checked_in" ? styles.came : styles.done;
          const when = at === null ? null : formatMoment(locale, zone, at);
          return (
            <li key={step} className={state}>
              <span className={styles.step}>{t(`lifeLine.${step}`)}</span>
              {at === null ? (
                <span className={styles.when}>{t("lifeLine.notYet")}</span>
              ) : (
                <time className={styles.when} dateTime={new Date(at).toISOString()}>
                  {step === "checked_in" && gate !== null
                    ? t("lifeLine.atGateAt", { when, gate })
                    : when}
                </time>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
