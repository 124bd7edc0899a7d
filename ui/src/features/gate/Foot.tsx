import { formatTime, useSpeech } from "../../locales";
import styles from "./Foot.module.css";
import { type OpenGate, useMoment } from "./useGate";

/** A clock that is off by more than this is said, ms. */
const WRONG_MS = 30_000;

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
/** Of the time that a gate may go on without its office, the last part in which it warns. */
const WARNING_SHARE = 0.2;

/** How long a gate may still let in without its office, ms, where that is to be said; null while there is time. */
function shortAlone(office: NonNullable<OpenGate["door"]>["office"], now: number): number | null {
  if (office === null || office.alone_until === null) return null;
  const left = office.alone_until - now;
  const warned = office.heard_at === null ? HOUR_MS : (office.alone_until - office.heard_at) * WARNING_SHARE;
  return left <= warned ? left : null;
}

const DOTS = { home: "●", mesh: "◐", alone: "○", away: "✕" } as const;

/** What is known where the gate can't be read: whether anybody answers, and this machine's own time. */
function UnreadFoot({ away }: { away: boolean }) {
  const { t, locale } = useSpeech();
  const moment = useMoment(1_000);
  return (
    <footer className={styles.foot}>
      <span className={styles.push} />
      {away && (
        <span className={styles.mode} data-mode="away" role="status">
          <span aria-hidden="true">{DOTS.away}</span> {t("gate.mode.away")}
        </span>
      )}
      <time className={styles.time}>{formatTime(locale, Intl.DateTimeFormat().resolvedOptions().timeZone, moment)}</time>
    </footer>
  );
}

/** How the gate stands: who is inside, who came, whom it can reach, what time it is. */
export function Foot({
  open,
  openRecent,
  openPeers,
}: {
  open: OpenGate;
  openRecent(): void;
  /** Shows the other gates, where there are any. */
  openPeers(): void;
}) {
  const { t, locale, count } = useSpeech();
  const moment = useMoment(1_000);
  const { door, away, ahead } = open;
  if (door === undefined) return <UnreadFoot away={away} />;
  const { counts, waiting, event, office, peers } = door;
  const mode = peers === null || peers === undefined ? door.mode : peers.here > 0 ? "mesh" : door.mode;
  const reached = away ? "away" : mode;
  const since = peers?.alone_since ?? null;
  const at = (moment: number) => formatTime(locale, event.time_zone, moment);
  // A gate on its own machine: whether its office is there, and how old its list is without it.
  const apart = !away && office !== null ? office : null;
  const listAt = apart === null || apart.away_since === null ? null : Math.max(apart.heard_at ?? 0, apart.roster_at ?? 0);
  const short = shortAlone(apart, moment + ahead);
  const wasSet = !away && door.clock_set_ms !== 0;
  const wrong = !away && !wasSet && Math.abs(ahead) > WRONG_MS;
  const met = (words: string) =>
    peers ? (
      <button type="button" className={styles.open} onClick={openPeers}>
        {words}
      </button>
    ) : (
      words
    );
  const full = counts.capacity !== null && counts.inside >= counts.capacity;
  return (
    <footer className={styles.foot}>
      <span className={styles.count} data-full={full ? "" : undefined}>
        <strong>
          {counts.capacity === null
            ? count(counts.inside)
            : t("gate.ofCapacity", { inside: count(counts.inside), capacity: count(counts.capacity) })}
        </strong>{" "}
        {t("gate.inside")}
      </span>
      <span className={styles.count}>{t("gate.came", { admitted: count(counts.admitted), expected: count(counts.expected) })}</span>
      <span className={styles.pace}>{t("gate.thisMinute", { n: count(counts.last_minute) })}</span>
      <button type="button" className={styles.refused} onClick={openRecent}>
        {t("gate.refusedCount", { count: counts.refused })}
      </button>
      <span className={styles.push} />
      {waiting > 0 && <span className={styles.waiting}>{t("gate.waiting", { count: waiting })}</span>}
      {listAt !== null && listAt > 0 && <span className={styles.pace}>{t("gate.listOf", { time: at(listAt) })}</span>}
      {apart === null ? (
        <span className={styles.mode} data-mode={reached} role="status">
          <span aria-hidden="true">{DOTS[reached]}</span>{" "}
          {met(
            reached === "mesh" && peers
              ? t("gate.peers", { count: peers.here })
              : reached === "alone" && since !== null
                ? t("gate.aloneSince", { time: at(since) })
                : t(`gate.mode.${reached}`),
          )}
        </span>
      ) : (
        <span className={styles.mode} data-mode={apart.away_since === null ? "home" : "alone"} role="status">
          <span aria-hidden="true">{apart.away_since === null ? DOTS.home : DOTS.alone}</span>{" "}
          {apart.away_since === null ? t("gate.officeReached") : t("gate.officeAway", { time: at(apart.away_since) })}
        </span>
      )}
      {short !== null && (
        <span className={styles.waiting} role="alert">
          {short <= 0
            ? t("gate.aloneOver")
            : short > 2 * HOUR_MS
              ? t("gate.aloneHours", { count: Math.floor(short / HOUR_MS) })
              : t("gate.aloneMinutes", { count: Math.ceil(short / MINUTE_MS) })}
        </span>
      )}
      {apart !== null && peers && peers.here > 0 && (
        <span className={styles.mode} data-mode="mesh">
          <span aria-hidden="true">{DOTS.mesh}</span> {met(t("gate.peers", { count: peers.here }))}
        </span>
      )}
      {peers && peers.doubles.length > 0 && (
        <button type="button" className={styles.waiting} onClick={openPeers}>
          {t("gate.doubles", { count: peers.doubles.length })}
        </button>
      )}
      {wasSet && (
        <span className={styles.waiting} role="alert">
          {t("gate.clockSet")}
        </span>
      )}
      {wrong && (
        <span className={styles.waiting}>{t("gate.clockOff", { n: count(Math.round(Math.abs(ahead) / MINUTE_MS)) })}</span>
      )}
      <time className={styles.time}>{formatTime(locale, event.time_zone, moment + ahead)}</time>
    </footer>
  );
}
