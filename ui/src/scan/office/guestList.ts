/** The office's list on this phone: found by ticket, brought up to date, counted. */
import { lastEmptied } from "../judge/calendar";
import type { KnownTicket } from "../judge/decide";
import type { Passage } from "../judge/passage";
import type { EntryRule } from "../judge/rules";
import { type Schedule, validity } from "../judge/validity";
import { isBeyond } from "../judge/logic";
import type { KeptList, KeptPassage, List, TicketRow, ToldTicket } from "../keep/types";
import { Verifier } from "../token/verify";

/** Column of a row of the list. */
export const ID = 0;
const NUMBER = 1;
const VERSION = 2;
const STATUS = 3;
const TYPE = 4;
const NAME = 5;
const SEAT = 6;
const NOTE = 7;
const USED_AT = 8;
const HOLDER = 9;

/** How long a list outlives its event. */
const GRACE_MS = 3 * 86_400_000;

/** A ticket as it is shown to staff. */
export interface TicketFace {
  number: number;
  name: string | null;
  type: string | null;
  colour: number | null;
  seat: string | null;
  note: string | null;
}

/** Puts what changed into a list: a whole one takes its place, a part its rows. */
export function bringUpToDate(known: KeptList | null, news: List, fetchedAt: number): KeptList {
  if (known === null || news.complete) return { ...news, complete: true, fetched_at: fetchedAt };
  const rows = new Map(known.tickets.map((row) => [row[ID], row]));
  for (const row of news.tickets) rows.set(row[ID], row);
  return { ...news, complete: true, tickets: [...rows.values()], fetched_at: fetchedAt };
}

export class GuestList {
  readonly kept: KeptList;
  readonly verifier: Verifier;
  readonly schedule: Schedule;
  readonly #rows: Map<string, TicketRow>;

  private constructor(kept: KeptList, verifier: Verifier) {
    this.kept = kept;
    this.verifier = verifier;
    this.#rows = new Map(kept.tickets.map((row) => [row[ID], row]));
    this.schedule = {
      kind: kept.event.kind,
      zone: kept.event.time_zone,
      cancelled: kept.event.status === "cancelled",
      sessions: kept.sessions,
    };
  }

  static async of(kept: KeptList): Promise<GuestList> {
    return new GuestList(kept, await Verifier.with(kept.event.id, kept.keys));
  }

  get rules(): readonly EntryRule[] {
    const { rules } = this.kept;
    return typeof rules === "object" ? (rules ?? []) : [];
  }

  /** Whether there are rules that only the office can ask. */
  get rulesElsewhere(): boolean {
    if (typeof this.kept.rules === "number") return this.kept.rules > 0;
    return this.rules.some(({ enabled, logic }) => enabled !== false && isBeyond(logic));
  }

  get questions(): readonly string[] {
    return this.kept.event.questions ?? [];
  }

  /** Whether the event is long over, so that nothing of it should be on a phone any more. */
  isLongOver(now: number): boolean {
    const { sessions } = this.schedule;
    return sessions.length > 0 && sessions.every(({ ends_at }) => ends_at + GRACE_MS < now);
  }

  get size(): number {
    return this.#rows.size;
  }

  /** What the door's rules know of a ticket; null where the list lacks it. */
  known(ticket: string): KnownTicket | null {
    const row = this.#rows.get(ticket);
    const type = row === undefined ? undefined : this.kept.ticket_types[row[TYPE]];
    if (row === undefined || type === undefined) return null;
    return {
      status: row[STATUS],
      version: row[VERSION],
      type,
      holder: { name: row[NAME], ...(row[HOLDER] ?? {}) },
    };
  }

  face(ticket: string): TicketFace | null {
    const row = this.#rows.get(ticket);
    if (row === undefined) return null;
    const type = this.kept.ticket_types[row[TYPE]];
    return {
      number: row[NUMBER],
      name: row[NAME],
      type: type?.name ?? null,
      colour: type?.colour ?? null,
      seat: row[SEAT],
      note: row[NOTE],
    };
  }

  /** When the office saw the ticket come in first; null where it has not. */
  usedAt(ticket: string): number | null {
    return this.#rows.get(ticket)?.[USED_AT] ?? null;
  }

  zoneName(zone: string | null): string | null {
    if (zone === null) return null;
    return this.kept.zones?.find(({ id }) => id === zone)?.name ?? null;
  }

  emptiedAt(now: number): number | null {
    const minute = this.kept.event.auto_exit_minute;
    return minute === undefined || minute === null ? null : lastEmptied(minute, this.schedule.zone, now);
  }

  /**
   * Since when people inside are counted: since the doors of what is on opened, or of what was on
   * last, and since the place was emptied.
   */
  countedSince(now: number): number | null {
    const begun = this.schedule.sessions.filter(({ doors_at, status }) => status !== "cancelled" && doors_at <= now);
    const on = begun.filter(({ ends_at }) => now < ends_at);
    const doors = on.length > 0 ? Math.min(...on.map(({ doors_at }) => doors_at)) : Math.max(...begun.map(({ doors_at }) => doors_at));
    const since = Math.max(doors, this.emptiedAt(now) ?? Number.NEGATIVE_INFINITY);
    return Number.isFinite(since) ? since : null;
  }

  /**
   * The passages of a ticket in the order in which they happened: those here, and those that the
   * office told of, or the one entrance that its list knows of. One whose session nobody named counts for the session that was on,
   * or else for the one that is asked about, so that in doubt a ticket counts as used.
   */
  passages(
    ticket: string,
    { here, told }: { here: readonly KeptPassage[]; told: ToldTicket | null },
    asked: string | null,
  ): Passage[] {
    const type = this.known(ticket)?.type;
    const sessionAt = (at: number): string | null => {
      const then = type === undefined ? undefined : validity(this.schedule, type, null, at);
      return then?.is === "valid" ? then.session : asked;
    };
    const dayAt = (at: number, fallback: number) => {
      const then = type === undefined ? undefined : validity(this.schedule, type, null, at);
      return then?.is === "valid" ? then.day : fallback;
    };
    // What happened here the office tells of as well, or that it was taken back.
    const known = new Set([...(told?.passages.map(({ nonce }) => nonce) ?? []), ...(told?.undone ?? [])]);
    const own = here.filter(({ nonce }) => !known.has(nonce)).map(
      ({ direction, session, day, zone, at }): Passage => ({
        direction,
        session: session ?? sessionAt(at),
        day: session === undefined ? dayAt(at, day) : day,
        zone,
        at,
      }),
    );
    if (told !== null) {
      return [...own, ...told.passages].sort((a, b) => a.at - b.at);
    }
    const usedAt = this.usedAt(ticket);
    // The list tells of what this phone reported as well; that is one passage, not two.
    const reported = own.some(({ direction, zone }) => direction === "entry" && zone === null);
    if (usedAt !== null && !reported) {
      const day = dayAt(usedAt, 0);
      own.push({ direction: "entry", session: sessionAt(usedAt), day, zone: null, at: usedAt });
    }
    return own.sort((a, b) => a.at - b.at);
  }

  /** How many tickets may come in, and how many of them did: `inside` names those that came in here. */
  counts(inside: ReadonlySet<string>): { came: number; expected: number } {
    let came = 0;
    let expected = 0;
    for (const row of this.#rows.values()) {
      const isIn = row[USED_AT] !== null || inside.has(row[ID]);
      if (isIn) came += 1;
      if (isIn || row[STATUS] === "active") expected += 1;
    }
    return { came, expected };
  }
}
