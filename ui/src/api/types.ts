/** What the API answers. Names as in the API; times are UTC milliseconds. */

export type EventStatus = "draft" | "published" | "cancelled" | "completed";
export type SessionStatus = "scheduled" | "cancelled" | "completed";
export type TicketStatus =
  | "active"
  | "voided"
  | "blocked"
  | "unpaid"
  | "unapproved"
  | "transferred";
export type InvitationStatus = "pending" | "accepted" | "declined" | "partial" | "attended";
export type MemberStatus = "pending" | "accepted" | "declined" | "attended" | "no_show";
export type PartyKind = "single" | "family" | "group" | "company";
export type EventKind = "one_time" | "multi_day" | "recurring";
export type KeyStatus = "active" | "rotated" | "revoked";

/** Why a gate showed what it showed. */
export type VerdictCode =
  | "admitted"
  | "exited"
  | "used"
  | "replaced"
  | "voided"
  | "blocked"
  | "unpaid"
  | "unapproved"
  | "transferred"
  | "expired"
  | "too_early"
  | "not_this_session"
  | "wrong_day"
  | "online_only"
  | "cancelled"
  | "wrong_zone"
  | "wrong_event"
  | "invalid_signature"
  | "unknown_key"
  | "revoked_key"
  | "malformed"
  | "unsupported_algorithm"
  | "wrong_types"
  | "unknown_ticket"
  | "device_not_allowed";

export interface Health {
  status: "ok";
  version: string;
  /** What the organization calls itself. */
  workspace?: string;
  /** Whether anybody has an account yet. */
  accounts?: boolean;
}

export type Role = "super_admin" | "admin" | "organizer" | "staff" | "viewer" | "guest";

/** What an account may do, by the words of the one table of permissions. */
export type Action =
  | "own_account"
  | "read_events"
  | "read_audit"
  | "plan_events"
  | "edit_guests"
  | "issue_tickets"
  | "scan"
  | "manage_keys"
  | "invite_officially"
  | "read_accounts"
  | "manage_accounts"
  | "manage_workspace";

export interface Account {
  id: string;
  email: string;
  name: string;
  role: Role;
}

/** Who asks, and what they may do. */
export interface Me {
  account: Account;
  may: Action[];
  /** False where the machine itself vouches for its owner. */
  asks_password: boolean;
}

/** What signing in is answered with; the refresh token travels in a cookie. */
export interface Entry {
  account: Account;
  access_token: string;
  /** Seconds. */
  expires_in: number;
}

export interface EventSummary {
  id: string;
  title: string;
  status: EventStatus;
  kind: EventKind;
  starts_at: number;
  ends_at: number;
}

export interface Session {
  id: string;
  title: string | null;
  doors_at: number;
  starts_at: number;
  ends_at: number;
  status: SessionStatus;
}

export interface TicketType {
  id: string;
  name: string;
  price_minor: number;
  capacity: number | null;
  /** Index in the palette of eight. */
  colour: number;
  attendance: "in_person" | "online";
  /** A template is copied into each session of a series; only its copies are issued. */
  scope: "event" | "template" | "session";
  sessions: string[];
  zones: string[];
}

export interface Zone {
  id: string;
  name: string;
}

export interface Progress {
  guests: number;
  invitations: number;
  tickets: number;
  admitted: number;
  voided: number;
}

export interface CodeCount {
  code: VerdictCode;
  count: number;
}

export interface SigningKey {
  kid: string;
  version: number;
  profile: string;
  status: KeyStatus;
}

export interface EventDetails {
  id: string;
  title: string;
  kind: EventKind;
  status: EventStatus;
  organizer: string;
  place: string;
  time_zone: string;
  currency: string;
  language: string;
  sessions: Session[];
  ticket_types: TicketType[];
  zones: Zone[];
  progress: Progress;
  scans_by_code: CodeCount[];
  keys: SigningKey[];
}

export interface Guest {
  id: string;
  name: string;
  email: string | null;
  company: string | null;
  invitation: string | null;
  ticket_type: string | null;
  ticket: number | null;
  status: TicketStatus | null;
  seat: string | null;
  checked_in_at: number | null;
}

export interface Invitation {
  id: string;
  number: string;
  label: string;
  kind: PartyKind;
  members: number;
  status: InvitationStatus;
}

/** The six times of a ticket's life line, in order. */
export interface LifeLine {
  created: number | null;
  rendered: number | null;
  emailed: number | null;
  downloaded: number | null;
  opened: number | null;
  checked_in: number | null;
}

export interface Ticket {
  id: string;
  number: number;
  invitation: string;
  party: string;
  name: string;
  unnamed: boolean;
  email: string | null;
  company: string | null;
  ticket_type: string;
  seat: string | null;
  status: TicketStatus;
  member_status: MemberStatus;
  version: number;
  life_line: LifeLine;
  gate: string | null;
}

export interface Edit {
  id: string;
  sequence: number;
  at: number;
  actor: string;
  machine: string;
  command: string;
  reason: string | null;
  undoable: boolean;
  undoes: string | null;
  undone_by: string | null;
}
