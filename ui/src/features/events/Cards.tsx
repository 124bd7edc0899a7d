import { Link } from "@tanstack/react-router";
import type { EventSummary } from "../../api";
import { formatDate, useSpeech } from "../../locales";
import { Status } from "../../shared/Status";
import styles from "./Events.module.css";
import { TONES } from "./tones";

function Card({ event }: { event: EventSummary }) {
  const { t, locale } = useSpeech();
  const part = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, options).format(event.starts_at);
  const oneDay = event.kind === "one_time";
  return (
    <li>
      <Link className={styles.card} to="/events/$event/overview" params={{ event: event.id }}>
        <span className={styles.leaf} aria-hidden="true">
          <span>{part({ month: "short" })}</span>
          <span className={styles.leafDay}>{part({ day: "numeric" })}</span>
          <span>{part({ year: "numeric" })}</span>
        </span>
        <span className={styles.cardText}>
          <span className={styles.cardTitle}>{event.title}</span>
          <span className="quiet">
            <time dateTime={new Date(event.starts_at).toISOString()}>
              {formatDate(locale, event.starts_at)}
            </time>
            {!oneDay && ` – ${formatDate(locale, event.ends_at)}`}
            {" · "}
            {t(`eventKind.${event.kind}`)}
          </span>
          {event.handed_over_at === null ? (
            <Status tone={TONES[event.status]}>{t(`eventStatus.${event.status}`)}</Status>
          ) : (
            <Status tone="wait">{t("handOver.status")}</Status>
          )}
        </span>
      </Link>
    </li>
  );
}

/** The events as cards: what comes first, what is over below. */
export function Cards({ events, now }: { events: readonly EventSummary[]; now: number }) {
  const { t, count } = useSpeech();
  const isAhead = (event: EventSummary) =>
    event.ends_at > now && event.status !== "cancelled" && event.status !== "completed";
  const ahead = events.filter(isAhead).toSorted((a, b) => a.starts_at - b.starts_at);
  const over = events.filter((event) => !isAhead(event)).toSorted((a, b) => b.starts_at - a.starts_at);
  const groups = [
    { name: t("events.ahead"), events: ahead },
    { name: t("events.over"), events: over },
  ].filter((group) => group.events.length > 0);
  return (
    <div className={styles.cards} id="list" tabIndex={-1} role="region" aria-label={t("events.title")}>
      {groups.map((group) => (
        <section key={group.name} aria-label={group.name}>
          <h2>
            {group.name} <span className="quiet">{count(group.events.length)}</span>
          </h2>
          <ul>
            {group.events.map((event) => (
              <Card key={event.id} event={event} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}
