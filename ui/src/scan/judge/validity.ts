/** Is a ticket valid at a moment? One answer for every kind of event, the same as every gate's. */
import { dayOf } from "./calendar";

export interface Session {
  id: string;
  title: string | null;
  doors_at: number;
  starts_at: number;
  ends_at: number;
  status: string;
}

/** When an event takes place. */
export interface Schedule {
  kind: string;
  /** IANA zone in which its days are meant. */
  zone: string;
  cancelled: boolean;
  sessions: readonly Session[];
}

export interface TicketType {
  id: string;
  name: string;
  colour: number | null;
  /** The sessions that it opens; null where it opens all of them. */
  sessions: readonly string[] | null;
  zones: readonly string[];
  attendance?: string;
}

/** What a schedule says of a ticket at a moment. Days are yyyymmdd, times UTC ms. */
export type Validity =
  | { is: "valid"; session: string; day: number }
  | { is: "too_early"; session: string; doors_at: number }
  | { is: "too_late"; ended_at: number }
  | { is: "not_this_session"; session: string; doors_at: number }
  | { is: "wrong_day"; session: string; day: number; doors_at: number }
  | { is: "session_cancelled"; session: string }
  | { is: "cancelled" }
  | { is: "online_only" };

const DAY_MS = 86_400_000;

const takesPlace = (session: Session) => session.status !== "cancelled";
const isOpenAt = (session: Session, now: number) => session.doors_at <= now && now < session.ends_at;
const opens = (type: TicketType, session: string) => type.sessions === null || type.sessions.includes(session);

/** The first in an order of several keys. */
function least(sessions: readonly Session[], ...keys: ((session: Session) => number)[]): Session | undefined {
  return [...sessions].sort((a, b) => {
    for (const key of keys) if (key(a) !== key(b)) return key(a) - key(b);
    return a.id < b.id ? -1 : Number(a.id > b.id);
  })[0];
}

/** The last in an order of several keys. */
function most(sessions: readonly Session[], ...keys: ((session: Session) => number)[]): Session | undefined {
  return [...sessions].sort((a, b) => {
    for (const key of keys) if (key(a) !== key(b)) return key(b) - key(a);
    return a.id > b.id ? -1 : Number(a.id < b.id);
  })[0];
}

/**
 * Tells whether a ticket of `type` opens a door at `now`; `only` is the session that the door
 * stands for, when it stands for one.
 *
 * The order of what is told: called off as a whole; no ticket for a door; valid; a session called
 * off that would be on now; another session is on (a wrong day in a multi-day event); too early;
 * too late.
 */
export function validity(schedule: Schedule, type: TicketType, only: string | null, now: number): Validity {
  if (schedule.cancelled) return { is: "cancelled" };
  if (type.attendance === "online") return { is: "online_only" };
  const here = (session: Session) => only === null || only === session.id;
  const all = schedule.sessions.filter(takesPlace);
  const own = all.filter((session) => opens(type, session.id));
  const doors = (session: Session) => session.doors_at;
  const ends = (session: Session) => session.ends_at;

  const on = most(
    own.filter((session) => here(session) && isOpenAt(session, now)),
    doors,
    (session) => session.starts_at,
  );
  if (on !== undefined) return { is: "valid", session: on.id, day: dayIn(on, schedule.zone, now) };

  const calledOff = most(
    schedule.sessions.filter(
      (session) => here(session) && !takesPlace(session) && opens(type, session.id) && isOpenAt(session, now),
    ),
    doors,
  );
  if (calledOff !== undefined) return { is: "session_cancelled", session: calledOff.id };

  // The session that it is for: the next at this door or any other, or else the last one.
  const meant = least(own.filter((session) => session.ends_at > now), doors) ?? most(own, ends);
  if (meant === undefined) return { is: "cancelled" };
  const anotherIsOn =
    all.some((session) => here(session) && isOpenAt(session, now)) ||
    // The door stands for one session, and the ticket never opens it.
    (only !== null && !opens(type, only));
  if (anotherIsOn) {
    const { id: session, doors_at } = meant;
    return schedule.kind === "multi_day"
      ? { is: "wrong_day", session, day: dayOf(meant.starts_at, schedule.zone), doors_at }
      : { is: "not_this_session", session, doors_at };
  }
  const atThisDoor = own.filter(here);
  const next = least(atThisDoor.filter((session) => session.doors_at > now), doors);
  if (next !== undefined) return { is: "too_early", session: next.id, doors_at: next.doors_at };
  return { is: "too_late", ended_at: most(atThisDoor, ends)?.ends_at ?? meant.ends_at };
}

/** The day that a moment inside a session counts for: the one on which it starts, unless it lasts longer than a day. */
function dayIn(session: Session, zone: string, now: number): number {
  return dayOf(session.ends_at - session.doors_at <= DAY_MS ? session.starts_at : now, zone);
}
