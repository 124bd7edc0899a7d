/** The office's API for scanners. */
import type { Direction } from "../judge/passage";
import type { List, QueuedScan, Settings, ToldTicket } from "../keep/types";
import type { Shown } from "../../shared/verdict";

/** The office could not be reached, or did not answer in time or in its own words. */
export class Away extends Error {}

/** The office answered, and refused. */
export class Refused extends Error {
  readonly status: number;
  readonly code: string;
  /** When that was by the office's clock, UTC ms; null where it does not say. */
  readonly at: number | null;

  constructor(status: number, code: string, detail: string, at: number | null = null) {
    super(detail);
    this.status = status;
    this.code = code;
    this.at = at;
  }
}

export interface DeviceInfo {
  model: string;
  osVersion: string;
  appVersion: string;
}

/** What a link is for, as far as it is told before it is used. */
export interface Peek {
  scannerName?: string | null;
  eventTitle?: string | null;
  expiresAt?: string | null;
}

export interface Registered {
  scannerId: string;
  credentials: string;
  settings: Settings;
  event: { id: string; title: string; timeZone: string };
}

export interface Presentation {
  jwt: string;
  scannerId: string;
  deviceTime: string;
  nonce: string;
  direction: Direction;
  answered?: true;
}

/** What became of one scan that was sent. */
export interface SyncResult {
  ticketId: string | null;
  nonce?: string | null;
  status: string;
  message: string;
  originalScanTime?: string | null;
  originalScanner?: string | null;
}

export interface Synced {
  syncResults: SyncResult[];
  /** None once the scanner's right was taken back. */
  settings: Settings | null;
  serverTime: string;
  pendingUpdates?: SyncResult[];
}

/** Tickets that were used, wherever that was. */
export interface Told {
  tickets: ToldTicket[];
  /** What to ask after next. */
  to: string;
  more: boolean;
}

/** How often the scanner tried to send since that last went well, this time among them. */
export interface Attempts {
  syncAttempts: number;
  syncFailures: number;
}

/** How long the office has to answer. */
const QUICK_MS = 5_000;
const LONG_MS = 30_000;
/** How long a guest waits for the office before the scanner decides by itself. */
export const VERDICT_MS = 1_500;

interface Ask {
  method?: "GET" | "POST";
  body?: unknown;
  credentials?: string;
  within?: number;
  /** Lets the request outlive the page. */
  keepalive?: boolean;
}

interface Answer<T> {
  body: T;
  status: number;
  at: number | null;
}

async function ask<T>(path: string, { method = "GET", body, credentials, within = QUICK_MS, keepalive }: Ask): Promise<Answer<T>> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (credentials !== undefined) headers["authorization"] = `Bearer ${credentials}`;
  if (body !== undefined) headers["content-type"] = "application/json";
  let answer: Response;
  let text: string;
  try {
    answer = await fetch(path, {
      method,
      headers,
      cache: "no-store",
      credentials: "omit",
      redirect: "error",
      signal: AbortSignal.timeout(within),
      ...(keepalive === true ? { keepalive } : {}),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    text = await answer.text();
  } catch (error) {
    throw new Away(String(error));
  }
  const said = Date.parse(answer.headers.get("date") ?? "");
  const at = Number.isNaN(said) ? null : said;
  if (answer.status === 304) return { body: null as T, status: 304, at };
  // A network that wants a sign-in first answers in the office's place, but not with JSON.
  const kind = answer.headers.get("content-type") ?? "";
  if (!/\bjson\b/.test(kind) || answer.status >= 500) throw new Away(`${path}: ${answer.status}`);
  try {
    return { body: JSON.parse(text) as T, status: answer.status, at };
  } catch {
    throw new Away(`${path}: no JSON`);
  }
}

async function must<T>(path: string, how: Ask): Promise<T> {
  const answer = await ask<T>(path, how);
  if (answer.status >= 400) throw refusalOf(answer);
  return answer.body;
}

function refusalOf({ body, status, at }: Answer<unknown>): Refused {
  const problem = (body ?? {}) as { code?: unknown; detail?: unknown; title?: unknown };
  const told = typeof problem.detail === "string" ? problem.detail : String(problem.title ?? "");
  return new Refused(status, typeof problem.code === "string" ? problem.code : "", told, at);
}

const scannerPath = (id: string) => `/api/scanners/${encodeURIComponent(id)}`;

export const office = {
  /** What a link is for; null where it isn't told to somebody who holds only the link. */
  async peek(token: string): Promise<Peek | null> {
    try {
      return await must<Peek>(`/api/registration-tokens/${encodeURIComponent(token)}`, {});
    } catch (error) {
      if (error instanceof Refused && [401, 403, 404, 405].includes(error.status) && !isEnd(error.code)) return null;
      throw error;
    }
  },

  register(token: string, deviceName: string, deviceInfo: DeviceInfo): Promise<Registered> {
    const body = { token, deviceName, deviceInfo };
    return must("/api/scanners/register", { method: "POST", body, within: LONG_MS });
  },

  /** The verdict of a presentation; a refusal of the ticket is a verdict too. */
  async validate(credentials: string, presentation: Presentation): Promise<Shown> {
    const answer = await ask<{ shown?: Shown }>("/api/tickets/validate", {
      method: "POST",
      body: presentation,
      credentials,
      within: VERDICT_MS,
    });
    const { body, status } = answer;
    if ((status === 200 || status === 400) && body.shown !== undefined) return body.shown;
    throw refusalOf(answer);
  },

  sync(
    credentials: string,
    scannerId: string,
    scans: readonly QueuedScan[],
    lastSyncAt: string | null,
    { keepalive = false, attempts }: { keepalive?: boolean; attempts?: Attempts | undefined } = {},
  ): Promise<Synced> {
    const body = { scannerId, scans, ...attempts, ...(lastSyncAt === null ? {} : { lastSyncAt }) };
    return must("/api/scanners/sync", { method: "POST", body, credentials, keepalive, within: LONG_MS });
  },

  settings: (credentials: string, scannerId: string): Promise<Settings> =>
    must(`${scannerPath(scannerId)}/settings`, { credentials }),

  /** What became of tickets after `after`; from the beginning where nothing is known yet. */
  passages: (credentials: string, scannerId: string, after: string | null): Promise<Told> =>
    must(`${scannerPath(scannerId)}/passages${after === null ? "" : `?after=${encodeURIComponent(after)}`}`, {
      credentials,
      within: LONG_MS,
    }),

  /** The list; null where the one of `after` is the newest. */
  roster: (credentials: string, scannerId: string, after: number | null): Promise<List | null> =>
    must(`${scannerPath(scannerId)}/roster${after === null ? "" : `?after=${after}`}`, {
      credentials,
      within: LONG_MS,
    }),
};

/** Codes with which a link or a registration is over. */
const ENDS = ["token_invalid", "token_expired", "token_used", "scanner_revoked"];

export const isEnd = (code: string) => ENDS.includes(code);
