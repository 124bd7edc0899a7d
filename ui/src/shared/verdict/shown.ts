/** What a gate shows of one presentation of a code: the answer of the API, as it comes. */
export interface Shown {
  /** The nonce that names this presentation. */
  scan: string;
  /** When it was decided, UTC ms. */
  at: number;
  verdict: "admitted" | "exited" | "refused" | "undone";
  /** Why, as a stable word; see `CODES`. */
  code: string;
  /** A refusal that wants staff to look rather than to send somebody away. */
  attention: boolean;
  /** Whether a badge or receipt is printed for it. */
  badge: boolean;
  /** Whether there is a picture of the holder to show. */
  photo: boolean;
  /** Who took part in the decision. */
  mode: "home" | "mesh" | "alone";
  status: string;
  /** English sentences for staff, said where the code is unknown; the organizer's own where a rule has some. */
  message: string;
  ticket: string | null;
  number: number | null;
  name: string | null;
  ticket_type: string | null;
  /** Index of the ticket type's colour in the palette of eight. */
  colour: number | null;
  seat: string | null;
  /** Name of the zone at whose entrance the gate stands. */
  zone: string | null;
  note: string | null;
  /** The guest's language, as a BCP 47 tag. */
  language: string | null;
  first_time: boolean;
  party: Party | null;
  first_used_at: number | null;
  first_used_gate: string | null;
  doors_at: number | null;
  /** Title of the organizer's rule that refused. */
  rule: string | null;
  /** What the organizer says of that rule. */
  rule_message: string | null;
  /** Questions that are still to be asked. */
  questions: string[];
  /** Until when this gate may undo it, UTC ms. */
  undo_until: number | null;
}

/** An invitation at the door: how many it covers, and how many of them are in. */
export interface Party {
  number: string;
  label: string;
  members: number;
  inside: number;
}

/** The words of verdicts, as scans keep them. */
export const CODES = [
  "admitted",
  "forced",
  "exited",
  "undone",
  "used",
  "replaced",
  "voided",
  "blocked",
  "unpaid",
  "unapproved",
  "transferred",
  "expired",
  "too_early",
  "not_this_session",
  "wrong_day",
  "online_only",
  "cancelled",
  "wrong_zone",
  "zone_full",
  "rule_refused",
  "questions_open",
  "wrong_event",
  "invalid_signature",
  "unknown_key",
  "revoked_key",
  "malformed",
  "unsupported_algorithm",
  "wrong_types",
  "unknown_ticket",
  "device_not_allowed",
  "offline_too_long",
] as const;

export type Code = (typeof CODES)[number];

export const isCode = (code: string): code is Code => (CODES as readonly string[]).includes(code);

/** How a verdict looks and sounds. `undecided` is what is shown when no answer came. */
export const TONES = ["admitted", "exited", "refused", "attention", "undone", "undecided"] as const;

export type Tone = (typeof TONES)[number];

export function toneOf({ verdict, attention }: Pick<Shown, "verdict" | "attention">): Tone {
  return verdict === "refused" && attention ? "attention" : verdict;
}

const GRAVITY: readonly Tone[] = ["undone", "exited", "admitted", "attention", "refused", "undecided"];

/** The gravest of several tones, so that green means everybody; undecided where there is none. */
export function gravest(tones: readonly Tone[]): Tone {
  const found = tones.map((tone) => GRAVITY.indexOf(tone));
  return GRAVITY[Math.max(...found)] ?? "undecided";
}

/** Whether somebody may pass on it: nothing else is ever green. */
export const letsPass = (tone: Tone): boolean => tone === "admitted" || tone === "exited";
