import type { EventPreview } from "../../../api";
import { formatSlot, formatTime, useSpeech } from "../../../locales";
import { Problem } from "../../../shared/problem";
import styles from "../planning.module.css";
import { useRefusal } from "../../../shared/useRefusal";

/** Dates that are written out; the rest is counted. */
const SHOWN = 24;

/** The dates that the schedule gives, as they are typed. */
export function DateList({
  preview,
  error,
  stale,
  zone,
  open,
}: {
  preview: EventPreview | undefined;
  error: Error | null;
  /** Whether newer dates are on their way. */
  stale: boolean;
  zone: string;
  /** Whether the series has no end, so that the dates are those of the next months. */
  open: boolean;
}) {
  const { t, locale, count } = useSpeech();
  const say = useRefusal();
  const sessions = error === null ? (preview?.sessions ?? []) : [];
  const rest = sessions.length - SHOWN;
  const wrong = error instanceof Problem ? error.fields[0] : undefined;
  return (
    <section className={styles.dates} aria-labelledby="dates" aria-busy={stale}>
      <h2 id="dates">{t("planning.dates")}</h2>
      <p className={styles.dateCount} role="status">
        <strong>{count(sessions.length)}</strong>{" "}
        {t(open ? "planning.datesSoFar" : "planning.datesCount", { count: sessions.length })}
      </p>
      {wrong !== undefined && <p className="quiet">{say(wrong)}</p>}
      <ol>
        {sessions.slice(0, SHOWN).map((session) => (
          <li key={session.starts_at}>
            <span>{formatSlot(locale, zone, session.starts_at, session.ends_at)}</span>
            {session.doors_at < session.starts_at && (
              <p className="quiet small">
                {t("overview.doors", { time: formatTime(locale, zone, session.doors_at) })}
              </p>
            )}
            {session.note !== null && <p className="quiet small">{session.note}</p>}
          </li>
        ))}
      </ol>
      {rest > 0 && <p className="quiet">{t("overview.moreSessions", { count: rest })}</p>}
    </section>
  );
}
