import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { ask, type EventSummary } from "../../api";
import { firstDayOf, formatTime, joined, useSpeech } from "../../locales";
import { Icon } from "../../shared/Icon";
import styles from "./Events.module.css";
import { dayOf, monthAfter, weeksOf } from "./month";

/** Entries of a day that are shown before the day is unfolded. */
const SHOWN = 3;

interface Entry {
  key: string;
  event: string;
  title: string;
  at: number;
  place: string;
  cancelled: boolean;
}

/** What takes place on each day: sessions to come, and events that are over by their start. */
function useEntries(events: readonly EventSummary[]): Map<string, Entry[]> {
  const sessions = useQuery(ask.sessionsToCome());
  return useMemo(() => {
    const shown = new Set(events.map(({ id }) => id));
    const coming = (sessions.data ?? []).filter(({ event }) => shown.has(event));
    const listed = new Set(coming.map(({ event }) => event));
    const entries: Entry[] = coming.map((session) => ({
      key: session.id,
      event: session.event,
      title: session.title ?? session.event_title,
      at: session.starts_at,
      place: session.place,
      cancelled: session.status === "cancelled",
    }));
    for (const event of events) {
      if (listed.has(event.id)) continue;
      const { id, title, starts_at, status } = event;
      const cancelled = status === "cancelled";
      entries.push({ key: id, event: id, title, at: starts_at, place: "", cancelled });
    }
    const byDay = new Map<string, Entry[]>();
    for (const entry of entries.toSorted((a, b) => a.at - b.at)) {
      const day = dayOf(entry.at);
      byDay.set(day, [...(byDay.get(day) ?? []), entry]);
    }
    return byDay;
  }, [events, sessions.data]);
}

function Day({ day, month, entries }: { day: string; month: string; entries: readonly Entry[] }) {
  const { t, locale } = useSpeech();
  const [unfolded, unfold] = useState(false);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const shown = unfolded ? entries : entries.slice(0, SHOWN);
  const today = day === dayOf(Date.now());
  return (
    <td className={day.startsWith(month) ? "" : styles.other} aria-current={today ? "date" : undefined}>
      <time dateTime={day} className={styles.dayNumber}>
        {new Intl.NumberFormat(locale).format(Number(day.slice(8)))}
      </time>
      <ul>
        {shown.map((entry) => (
          <li key={entry.key}>
            <Link
              className={`${styles.entry} ${entry.cancelled ? "struck" : ""}`}
              to="/events/$event/overview"
              params={{ event: entry.event }}
              title={joined([entry.title, entry.place], " · ")}
            >
              <span className="quiet">{formatTime(locale, zone, entry.at)}</span> {entry.title}
            </Link>
          </li>
        ))}
      </ul>
      {entries.length > SHOWN && (
        <button type="button" className="text-button" onClick={() => unfold(!unfolded)}>
          {unfolded ? t("events.fewer") : t("events.moreThatDay", { count: entries.length - SHOWN })}
        </button>
      )}
    </td>
  );
}

/** A month of all events, in the reader's own days. */
export function Calendar({
  events,
  month,
  onMonth,
}: {
  events: readonly EventSummary[];
  /** `2027-05`. */
  month: string;
  onMonth(month: string): void;
}) {
  const { t, locale } = useSpeech();
  const entries = useEntries(events);
  const weeks = weeksOf(month, firstDayOf(locale));
  const say = (day: string, options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", ...options }).format(Date.parse(day));
  const name = say(`${month}-01`, { month: "long", year: "numeric" });
  return (
    <div className={styles.calendar}>
      <div className={styles.months}>
        <h2 aria-live="polite">{name}</h2>
        <button
          type="button"
          className="icon-button"
          aria-label={t("planning.monthBefore")}
          title={t("planning.monthBefore")}
          onClick={() => onMonth(monthAfter(month, -1))}
        >
          <Icon name="before" />
        </button>
        <button
          type="button"
          className="icon-button"
          aria-label={t("planning.monthAfter")}
          title={t("planning.monthAfter")}
          onClick={() => onMonth(monthAfter(month, 1))}
        >
          <Icon name="after" />
        </button>
        <button
          type="button"
          className="text-button"
          onClick={() => onMonth(dayOf(Date.now()).slice(0, 7))}
        >
          {t("events.thisMonth")}
        </button>
        <span className="quiet small">{t("events.ownTimes")}</span>
      </div>
      <table aria-label={name} id="list" tabIndex={-1}>
        <thead>
          <tr>
            {weeks[1]?.map((day) => (
              <th key={day} scope="col" abbr={say(day, { weekday: "long" })}>
                {say(day, { weekday: "short" })}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {weeks.map((week) => (
            <tr key={week[0]}>
              {week.map((day) => (
                <Day key={day} day={day} month={month} entries={entries.get(day) ?? []} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
