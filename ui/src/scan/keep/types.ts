/** What a phone keeps while it is a scanner. */
import type { KeyLine } from "../token/verify";
import type { Direction, Passage } from "../judge/passage";
import type { EntryRule, Holder } from "../judge/rules";
import type { Session, TicketType } from "../judge/validity";

/** What the office tells the scanner to do. */
export interface Settings {
  offlineModeEnabled: boolean;
  syncIntervalMinutes: number;
  /** How long it may decide alone; null until the event is over. */
  maxOfflineHours: number | null;
  allowedEventIds?: readonly string[] | null;
  zone?: string | null;
  session?: string | null;
  /** Which way it leads. */
  direction: Direction;
  /** Whether staff may turn it round. */
  mayTurn: boolean;
  deviceName?: string | null;
  status?: string;
  /** How many more people fit where it stands, as the office counted last; null where nobody counts. */
  room?: number | null;
}

/** How it stands with the office: whether it may still scan, and if not, why. */
export type Standing = "active" | "revoked" | "replaced" | "expired";

export interface Device {
  /** The last part of the link that it was opened by. */
  token: string;
  scannerId: string;
  credentials: string;
  deviceName: string;
  event: { id: string; title: string; timeZone: string };
  settings: Settings;
  standing: Standing;
  registeredAt: number;
  /** The office's clock less this phone's, in ms. */
  clockOffset: number;
  /** When the office was last heard, by this phone's clock. */
  heardAt: number;
  /** When scans were last sent, as the office's clock said. */
  syncedAt: string | null;
}

/** One ticket of the list, as it travels. */
export type TicketRow = readonly [
  id: string,
  number: number,
  version: number,
  status: string,
  type: number,
  name: string | null,
  seat: string | null,
  note: string | null,
  usedAt: number | null,
  holder?: Holder | null,
];

/** The office's list for this scanner: who may come in, and how a door decides. */
export interface List {
  as_of: number;
  /** Whether `tickets` are all of them; otherwise those that changed. */
  complete: boolean;
  event: {
    id: string;
    title: string;
    time_zone: string;
    kind: string;
    status: string;
    re_entry: string;
    auto_exit_minute?: number | null;
    /** What staff ask those who come for the first time. */
    questions?: readonly string[] | null;
  };
  keys: readonly KeyLine[];
  sessions: readonly Session[];
  ticket_types: readonly TicketType[];
  zones?: readonly { id: string; name: string }[] | null;
  /** The organizer's rules, or how many there are: a scanner that lacks them can't ask them. */
  rules: readonly EntryRule[] | number | null;
  tickets: readonly TicketRow[];
}

/** A list with the moment at which it was fetched, by the office's clock. */
export interface KeptList extends List {
  fetched_at: number;
}

/** A scan on its way to the office. It names nobody. */
export interface QueuedScan {
  nonce: string;
  ticketId: string;
  scannedAt: string;
  validationMode: "OFFLINE";
  deviceTime: string;
  jwt: string;
  verdict: string;
  code: string;
  direction: Direction;
}

/** A passage that happened here, by the nonce of its scan. */
export interface KeptPassage extends Omit<Passage, "session"> {
  nonce: string;
  ticket: string;
  /** Absent where the office decided and did not name it. */
  session?: string | null;
}

/** A ticket's passages as the office knows them, wherever they happened. */
export interface ToldTicket {
  ticket: string;
  passages: (Passage & { nonce: string })[];
  /** Scans that were taken back. */
  undone: string[];
}

/** One line of what was shown last. */
export interface Line {
  scan: string;
  at: number;
  verdict: string;
  code: string;
  attention: boolean;
  name: string | null;
  number: number | null;
  ticketType: string | null;
}

/** What the office said later about a scan of this phone's: somebody else came first. */
export interface Notice {
  nonce: string;
  at: number;
  status: string;
  message: string;
  number: number | null;
  originalScanTime: string | null;
  originalScanner: string | null;
}
