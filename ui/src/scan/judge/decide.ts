/** May this ticket enter? Decided from values alone, in the order of every gate. */
import { dayOf } from "./calendar";
import { concerns, type Direction, isEntry, isInside, type Passage } from "./passage";
import { type EntryRule, factsOf, type Holder, refusingRule } from "./rules";
import { type Schedule, type TicketType, validity } from "./validity";

/** What reading the presented code said, before any rule. Times are UTC ms. */
export type Presented =
  | { genuine: true; version: number; notBefore: number; expires: number }
  | { genuine: false; code: string };

/** What the list knows of a ticket. */
export interface KnownTicket {
  status: string;
  /** Version of the code that is good now. */
  version: number;
  type: TicketType;
  holder: Holder;
}

/** What the organizer asks of everybody who comes in here. */
export interface Terms {
  rules: readonly EntryRule[];
  /** Name of the zone at whose entrance the gate stands; empty at the venue's. */
  place: string;
  gate: string;
  /** How many more people the place takes; null where nobody counts. */
  room: number | null;
  /** When the place was emptied, UTC ms: everybody went out then. */
  emptiedAt: number | null;
  /** Since when those inside take up its room, UTC ms: since doors opened, at the earliest. */
  countedSince: number | null;
  /** Whether staff have questions for those who come for the first time. */
  questions: boolean;
  /** Whether staff asked them. */
  answered: boolean;
}

/** Where and when a code is presented. */
export interface Door {
  deviceAllowed: boolean;
  /** The only way that the device may lead; null where it may be turned round. */
  only: Direction | null;
  zone: string | null;
  direction: Direction;
  /** The session that it stands for, when it stands for one only. */
  session: string | null;
  schedule: Schedule;
  reEntry: string;
  /** Whether a ticket that the list lacks does not exist. */
  listComplete: boolean;
  now: number;
  terms: Terms;
}

export interface Decision {
  verdict: "admitted" | "exited" | "refused";
  code: string;
  session: string | null;
  day: number;
  doorsAt: number | null;
  rule: EntryRule | null;
}

/** No terms at all. */
export const NO_TERMS: Terms = {
  rules: [],
  place: "",
  gate: "",
  room: null,
  emptiedAt: null,
  countedSince: null,
  questions: false,
  answered: false,
};

/** Refusals that staff can set right at the door. */
const ATTENTION = new Set(["too_early", "not_this_session", "wrong_day", "wrong_zone", "zone_full", "questions_open"]);

export const wantsAttention = (code: string) => ATTENTION.has(code);

const STATUSES = new Set(["voided", "blocked", "unpaid", "unapproved", "transferred"]);

/**
 * Decides about one presentation: `known` is what the list says of the ticket, `passages` its
 * earlier ones in the order of scans. An exit is never refused for an entry rule.
 */
export function decide(
  presented: Presented,
  door: Door,
  known: KnownTicket | null,
  passages: readonly Passage[],
): Decision {
  const today = dayOf(door.now, door.schedule.zone);
  const isTurned = door.only !== null && door.only !== door.direction;
  if (!door.deviceAllowed || isTurned) return refuse("device_not_allowed", today);
  if (!presented.genuine) return refuse(presented.code, today);
  if (known === null) return decideUnknown(presented, door, passages, today);
  if (presented.version < known.version) return refuse("replaced", today);
  if (door.direction === "exit") return exit(passages, today);
  if (known.status !== "active") {
    return refuse(STATUSES.has(known.status) ? known.status : "blocked", today);
  }
  const valid = validity(door.schedule, known.type, door.session, door.now);
  switch (valid.is) {
    case "valid":
      break;
    case "too_early":
    case "not_this_session":
    case "wrong_day":
      return { ...refuse(valid.is, today), doorsAt: valid.doors_at };
    case "too_late":
      return refuse("expired", today);
    case "session_cancelled":
    case "cancelled":
      return refuse("cancelled", today);
    case "online_only":
      return refuse("online_only", today);
  }
  if (door.zone !== null && !known.type.zones.includes(door.zone)) return refuse("wrong_zone", today);
  const { session, day } = valid;
  const decision = decideEntry(door, session, day, passages);
  if (decision.verdict !== "admitted") return decision;
  const against = againstTerms(door, known, session, day, passages);
  return against === null ? decision : { ...refuse(against.code, day), session, rule: against.rule };
}

/** What the organizer asks beyond the ticket itself. */
function againstTerms(
  door: Door,
  known: KnownTicket,
  session: string,
  day: number,
  passages: readonly Passage[],
): { code: string; rule: EntryRule | null } | null {
  const { terms, schedule, now, zone } = door;
  if (terms.rules.length > 0) {
    const moment = {
      now,
      zone: schedule.zone,
      day,
      ticketType: known.type.name,
      place: terms.place,
      gate: terms.gate,
      session: schedule.sessions.find(({ id }) => id === session)?.title ?? "",
    };
    const here = passages.filter((passage) => passage.zone === zone);
    const rule = refusingRule(terms.rules, factsOf(moment, known.holder, here));
    if (rule !== null) return { code: "rule_refused", rule };
  }
  const code = againstPlace(door, passages);
  return code === null ? null : { code, rule: null };
}

/** What is asked of everybody alike, whoever they are: room, and answers. */
function againstPlace(door: Door, passages: readonly Passage[]): string | null {
  const { terms } = door;
  if (terms.room === 0 && !isCounted(door, passages)) return "zone_full";
  const first = !passages.some(isEntry);
  return terms.questions && first && !terms.answered ? "questions_open" : null;
}

/**
 * Whether the holder counts as inside already and takes no more room: in the zone, or at the venue
 * in the session that the door stands for, where it stands for one.
 */
function isCounted({ zone, session, terms }: Door, passages: readonly Passage[]): boolean {
  const last = passages.filter((passage) => concerns(passage, zone)).at(-1);
  if (last === undefined || (zone === null && session !== null && last.session !== session)) return false;
  return isInside([last], terms.countedSince);
}

function refuse(code: string, day: number): Decision {
  return { verdict: "refused", code, session: null, day, doorsAt: null, rule: null };
}

/** Leaves the session, and counts for the day, of the last passage. */
function exit(passages: readonly Passage[], today: number): Decision {
  const last = passages.at(-1);
  return { ...refuse("exited", last?.day ?? today), verdict: "exited", session: last?.session ?? null };
}

/** A genuine code that the list does not know: newer than the list, where that can be. */
function decideUnknown(
  presented: Extract<Presented, { genuine: true }>,
  door: Door,
  passages: readonly Passage[],
  today: number,
): Decision {
  if (door.listComplete) return refuse("unknown_ticket", today);
  if (door.direction === "exit") return exit(passages, today);
  if (door.now < presented.notBefore) return refuse("too_early", today);
  if (door.now >= presented.expires) return refuse("expired", today);
  if (door.zone !== null) return refuse("wrong_zone", today);
  // Rules can't be asked about a holder whom nobody knows.
  if (door.terms.rules.some(({ enabled }) => enabled !== false)) return refuse("unknown_ticket", today);
  const decision = decideEntry(door, door.session, today, passages);
  if (decision.verdict !== "admitted") return decision;
  const code = againstPlace(door, passages);
  return code === null ? decision : { ...refuse(code, today), session: door.session };
}

function decideEntry(door: Door, session: string | null, day: number, passages: readonly Passage[]): Decision {
  const here = passages.filter((passage) => concerns(passage, door.zone) && passage.session === session);
  if (isUsed(door, here, day)) return { ...refuse("used", day), session };
  return { ...refuse("admitted", day), verdict: "admitted", session };
}

function isUsed({ reEntry, terms }: Door, here: readonly Passage[], day: number): boolean {
  switch (reEntry) {
    case "unlimited":
      return false;
    case "after_exit":
      return isInside(here, terms.emptiedAt);
    case "once_per_day":
      return here.some((passage) => isEntry(passage) && passage.day === day);
    default:
      return here.some(isEntry);
  }
}
