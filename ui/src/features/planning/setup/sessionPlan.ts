import type { Session, SessionChange } from "../../../api";
import { localTime } from "../../../shared/dates/localTime";
import { type DayPlan, sessionOf, wholeOf } from "../plan";

/** A date as it is typed. */
export interface SessionFields {
  day: DayPlan;
  note: string;
  capacity: number | string;
}

export function fieldsOf(session: Session, zone: string): SessionFields {
  const starts = localTime(zone, session.starts_at);
  const doors = session.doors_at < session.starts_at ? localTime(zone, session.doors_at).time : "";
  return {
    day: {
      key: session.id,
      title: session.title ?? "",
      day: starts.day,
      from: starts.time,
      until: localTime(zone, session.ends_at).time,
      doors,
    },
    note: session.note,
    capacity: session.capacity ?? "",
  };
}

/** Whether a date ends no later than a day after it starts, as its fields can say. */
export const isShort = ({ starts_at, ends_at }: Session) => ends_at - starts_at <= 86_400_000;

/** What the API takes; `before` is the date as it was read. */
export function sessionChangeOf(change: Partial<SessionFields>, before: DayPlan): SessionChange {
  const { day, note, capacity } = change;
  const given: SessionChange = {
    ...(note === undefined ? {} : { note }),
    ...(capacity === undefined ? {} : { capacity: wholeOf(capacity) }),
  };
  if (day === undefined) return given;
  const { title = null, ...times } = sessionOf(day);
  if (day.title !== before.title) given.title = title;
  const old = sessionOf(before);
  // All three together: a start alone would move the others along.
  if (times.starts !== old.starts || times.ends !== old.ends || times.doors !== old.doors) {
    Object.assign(given, { ...times, doors: times.doors ?? times.starts });
  }
  return given;
}
