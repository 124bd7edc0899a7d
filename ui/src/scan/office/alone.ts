/** Decides from what is on this phone, when the office can't be asked. */
import { decide, type Decision, type Presented, wantsAttention } from "../judge/decide";
import { dayOf } from "../judge/calendar";
import { type Direction, isEntry, type Passage } from "../judge/passage";
import { validity } from "../judge/validity";
import type { Device, KeptPassage, ToldTicket } from "../keep/types";
import type { Shown } from "../../shared/verdict";
import type { GuestList } from "./guestList";

/** What a decision needs of the phone. */
export interface Alone {
  device: Device;
  list: GuestList;
  passagesOf(ticket: string): Promise<KeptPassage[]>;
  /** What the office told of a ticket's passages. */
  toldOf(ticket: string): Promise<ToldTicket | null>;
  /** Entries less exits here since the office said how many more fit. */
  moved: number;
  /** By the office's clock, UTC ms. */
  now: number;
}

export interface Presenting {
  text: string;
  nonce: string;
  direction: Direction;
  /** Whether staff asked the questions that are open. */
  answered: boolean;
}

export interface Decided {
  shown: Shown;
  /** The JWT of a genuine code. */
  jwt: string | null;
  passage: KeptPassage | null;
}

const HOUR_MS = 3_600_000;
/** Warns when this share of the time alone is left. */
const WARNING_SHARE = 0.2;

/** How long the scanner may still decide alone, by its own clock. */
export type Leave =
  | { is: "enough" }
  | { is: "short"; minutes: number }
  | { is: "over" }
  | { is: "not_allowed" };

/** Tells whether the scanner may decide alone now, and warns before it may not. */
export function leaveAlone({ settings, heardAt }: Device, phoneNow: number): Leave {
  if (!settings.offlineModeEnabled) return { is: "not_allowed" };
  if (settings.maxOfflineHours === null) return { is: "enough" };
  const most = settings.maxOfflineHours * HOUR_MS;
  // A clock that was set back uses nothing up.
  const gone = Math.max(0, phoneNow - heardAt);
  if (gone >= most) return { is: "over" };
  const left = most - gone;
  return left <= most * WARNING_SHARE ? { is: "short", minutes: Math.ceil(left / 60_000) } : { is: "enough" };
}

/** How many more fit: by the office's last count and what happened here since. What other gates did since is not known. */
function roomFor({ settings }: Device, moved: number): number | null {
  const told = settings.room ?? null;
  return told === null ? null : Math.max(0, told - moved);
}

/** Whether a scanner was meant for this event, as far as its settings say. */
function isAllowed({ settings, event, standing }: Device): boolean {
  const events = settings.allowedEventIds;
  return standing === "active" && (events === undefined || events === null || events.includes(event.id));
}

/** Decides about a code; nothing is kept yet. Null where this browser can't judge it. */
export async function decideAlone(presenting: Presenting, alone: Alone): Promise<Decided | null> {
  const { device, list, now } = alone;
  // Rules that are not here can't be asked; nobody is kept from leaving by them.
  if (list.rulesElsewhere && presenting.direction === "entry") return null;
  const verified = await list.verifier.verify(presenting.text);
  if ("refusal" in verified) {
    // A key that this browser can't compute with is no proof against the ticket.
    if (verified.refusal === "unknown_key" && list.verifier.beyond.length > 0) return null;
    const presented: Presented = { genuine: false, code: verified.refusal };
    return { shown: showOf(presenting, alone, decideHere(presented, null, null, []), null), jwt: null, passage: null };
  }
  const { claims, token } = verified;
  const known = list.known(claims.ticket);
  const here = await alone.passagesOf(claims.ticket);
  const valid = known === null ? null : validity(list.schedule, known.type, device.settings.session ?? null, now);
  const asked = valid?.is === "valid" ? valid.session : (device.settings.session ?? null);
  const told = await alone.toldOf(claims.ticket);
  const passages = list.passages(claims.ticket, { here, told }, asked);
  const presented: Presented = {
    genuine: true,
    version: claims.version,
    notBefore: claims.notBefore * 1_000,
    expires: claims.expiresAt * 1_000,
  };
  const decision = decideHere(presented, known, claims.issuedAt * 1_000, passages);
  const shown = showOf(presenting, alone, decision, claims.ticket);
  shown.first_time = decision.verdict === "admitted" && !passages.some(isEntry);
  if (decision.code === "used") {
    const first = earlierUse(passages, device.settings.zone ?? null, decision, list.kept.event.re_entry);
    shown.first_used_at = first?.at ?? null;
    const isOurs = here.some(({ at }) => at === first?.at);
    shown.first_used_gate = isOurs ? device.deviceName : null;
  }
  return { shown, jwt: token.jwt, passage: passageOf(presenting, alone, decision, claims.ticket) };

  function decideHere(
    what: Presented,
    ticket: typeof known | null,
    issuedAt: number | null,
    before: typeof passages | [],
  ): Decision {
    const { settings } = device;
    const door = {
      deviceAllowed: isAllowed(device),
      only: settings.mayTurn ? null : settings.direction,
      zone: settings.zone ?? null,
      direction: presenting.direction,
      session: settings.session ?? null,
      schedule: list.schedule,
      reEntry: list.kept.event.re_entry,
      // A ticket from before the list was fetched would be on it; a younger one may be missing.
      listComplete: issuedAt === null || issuedAt < list.kept.fetched_at,
      now,
      terms: {
        rules: list.rules,
        place: list.zoneName(settings.zone ?? null) ?? "",
        gate: device.deviceName,
        room: presenting.direction === "entry" ? roomFor(device, alone.moved) : null,
        emptiedAt: list.emptiedAt(now),
        countedSince: list.countedSince(now),
        questions: list.questions.length > 0,
        answered: presenting.answered,
      },
    };
    return decide(what, door, ticket, before);
  }
}

/** The use that makes this one the second: the first in the same place and session, and on the same day where each day counts; the last where whoever left may come back. */
function earlierUse(
  passages: readonly Passage[],
  zone: string | null,
  { session, day }: Decision,
  reEntry: string,
): Passage | undefined {
  const uses = passages.filter(
    (passage) =>
      isEntry(passage) &&
      passage.zone === zone &&
      passage.session === session &&
      (reEntry !== "once_per_day" || passage.day === day),
  );
  return reEntry === "after_exit" ? uses.at(-1) : uses[0];
}

const STATUS_WORDS: Readonly<Partial<Record<string, string>>> = {
  admitted: "SUCCESS",
  exited: "SUCCESS",
  used: "DUPLICATE",
  expired: "EXPIRED",
  wrong_event: "WRONG_EVENT",
};

/** What is shown of a decision; names stand in the list alone. */
export function showOf(
  { nonce }: Pick<Presenting, "nonce">,
  { device, list, now }: Pick<Alone, "device" | "now"> & { list: GuestList | null },
  decision: Decision,
  ticket: string | null,
): Shown {
  const face = ticket === null ? null : (list?.face(ticket) ?? null);
  const { code } = decision;
  return {
    scan: nonce,
    at: now,
    verdict: decision.verdict,
    code,
    attention: wantsAttention(code),
    mode: "alone",
    status: STATUS_WORDS[code] ?? "INVALID",
    message: decision.rule?.message ?? "",
    ticket,
    number: face?.number ?? null,
    name: face?.name ?? null,
    ticket_type: face?.type ?? null,
    colour: face?.colour ?? null,
    seat: face?.seat ?? null,
    zone: list?.zoneName(device.settings.zone ?? null) ?? null,
    note: face?.note ?? null,
    language: null,
    first_time: false,
    party: null,
    first_used_at: null,
    first_used_gate: null,
    doors_at: decision.doorsAt,
    rule: decision.rule?.title ?? null,
    rule_message: decision.rule?.message ?? null,
    questions: code === "questions_open" ? [...(list?.questions ?? [])] : [],
    undo_until: null,
    badge: false,
    photo: false,
  };
}

function passageOf(
  { nonce, direction }: Presenting,
  { device, now }: Alone,
  { verdict, session, day }: Decision,
  ticket: string,
): KeptPassage | null {
  if (verdict === "refused") return null;
  return { nonce, ticket, direction, session, day, zone: device.settings.zone ?? null, at: now };
}

/** The passage of a verdict that the office gave; which session it was for, the office did not say. */
export function passageFrom(shown: Shown, direction: Direction, device: Device): KeptPassage | null {
  if (shown.ticket === null || (shown.verdict !== "admitted" && shown.verdict !== "exited")) return null;
  return {
    nonce: shown.scan,
    ticket: shown.ticket,
    direction,
    day: dayOf(shown.at, device.event.timeZone),
    zone: device.settings.zone ?? null,
    at: shown.at,
  };
}
