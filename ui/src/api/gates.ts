/** Gates, kiosks and scanners: what the office asks of them and tells them. */
import { queryOptions } from "@tanstack/react-query";
import { Problem } from "../shared/problem";
import type { Versioned } from "../shared/versioned";
import { refusalOf } from "./answer";
import { origin, session } from "./session";

export type DeviceKind = "gate" | "kiosk" | "scanner" | "browser" | "office";
export type Direction = "entry" | "exit";
export type ReEntry = "single" | "after_exit" | "once_per_day" | "unlimited";

/** What a device is told of working without the office. */
export interface DeviceSettings {
  offline_mode: boolean;
  sync_interval_minutes: number;
  /** Null until the event is over. */
  max_offline_hours: number | null;
}

export interface Device {
  id: string;
  name: string;
  kind: DeviceKind;
  status: "active" | "revoked";
  created_at: number;
  expires_at: number | null;
  last_seen_at: number | null;
  last_synced_at: number | null;
  online: boolean;
  /** Scans that the office has not yet; null where that is unknown. */
  pending: number | null;
  zone: string | null;
  session: string | null;
  direction: Direction;
  info: { model?: string | null; osVersion?: string | null; appVersion?: string | null } | null;
  settings: DeviceSettings;
  scans: number;
  admitted: number;
}

export interface DeviceChange {
  name?: string;
  zone?: string | null;
  session?: string | null;
  direction?: Direction;
  settings?: DeviceSettings;
}

export type AlertKind =
  | "duplicates"
  | "silent"
  | "sync_failures"
  | "invalid_codes"
  | "late_duplicate"
  | "chain";

export interface GateAlert {
  id: string;
  kind: AlertKind;
  device: string | null;
  device_name: string | null;
  at: number;
  ticket: string | null;
  number: number | null;
  text: string;
  resolved_at: number | null;
}

/** What a new device is made by: read by its camera, or typed. */
export interface RegistrationToken {
  token: string;
  qrText: string;
  /** ISO 8601. */
  expiresAt: string;
  validityMinutes: number;
}

export interface WantedDevice {
  validityMinutes: number;
  kind: "gate" | "kiosk" | "scanner";
  zone: string | null;
  session: string | null;
  direction: Direction;
}

export interface TokenStanding {
  used: boolean;
  scannerId: string | null;
  scannerName: string | null;
  expiresAt: string;
}

export interface ScannerLink {
  /** Path of the page, from the office's own address. */
  link: string;
  /** The whole address, where other machines are let in. */
  address: string | null;
  expires_at: number;
}

/** One presentation, as a line of those that were last. */
export interface ScanLine {
  scan: string;
  at: number;
  gate: string;
  verdict: string;
  code: string;
  name: string | null;
  number: number | null;
}

/** What a door shows of itself. */
export interface DoorView {
  recent: ScanLine[];
  gate: { id: string | null; name: string; zone: string | null };
  counts: {
    inside: number;
    capacity: number | null;
    expected: number;
    admitted: number;
    refused: number;
    last_minute: number;
  };
}

/** A ticket as a door finds it. */
export interface Found {
  ticket: string;
  number: number;
  name: string;
  unnamed: boolean;
  ticket_type: string;
  colour: number;
  seat: string | null;
  invitation: string;
  inside: boolean;
  status: string;
}

/** What a door decided of one ticket. */
export interface Decided {
  scan: string;
  verdict: "admitted" | "exited" | "refused" | "undone";
  code: string;
  message: string;
  ticket: string | null;
  number: number | null;
  name: string | null;
  first_used_at: number | null;
  first_used_gate: string | null;
}

/** A rule of the organizer's; its place in the list is all that names it. */
export interface EntryRule {
  title: string;
  /** JSONLogic; `true` lets in. */
  logic: unknown;
  enabled: boolean;
  message: string | null;
}

export interface Checked {
  ok: boolean;
  value: unknown;
  problem: string | null;
}

export interface DoorSettings {
  re_entry: ReEntry;
  auto_exit_minute: number | null;
  walk_ins: boolean;
  undo_minutes: number;
  kiosk_welcome: string | null;
  questions: string[];
  /** How many people each zone takes; null for any number. */
  zones: { zone: string; capacity: number | null }[];
  /** Whether supervisors have a PIN; given by itself, see `setPin`. */
  pin_set: boolean;
}

/** What a readiness check found. */
export interface PreflightLine {
  code: string;
  state: "ok" | "warning" | "failed" | "unknown";
  params: Record<string, unknown>;
}

export interface Preflight {
  ready: boolean;
  items: PreflightLine[];
}

interface Sent {
  query?: Record<string, string | number>;
  body?: unknown;
  headers?: Record<string, string>;
  signal?: AbortSignal;
}

/** Asks a path that the contract does not name yet; a refusal is thrown as a `Problem`. */
async function send<T>(method: string, path: string, sent: Sent = {}): Promise<Versioned<T>> {
  const url = new URL(origin() + path, window.location.href);
  for (const [name, value] of Object.entries(sent.query ?? {})) url.searchParams.set(name, String(value));
  const answer = await session.send(
    new Request(url, {
      method,
      headers: {
        accept: "application/json",
        ...(sent.body === undefined ? {} : { "content-type": "application/json" }),
        ...sent.headers,
      },
      ...(sent.body === undefined ? {} : { body: JSON.stringify(sent.body) }),
      ...(sent.signal === undefined ? {} : { signal: sent.signal }),
    }),
  );
  const text = await answer.text();
  let body: unknown = null;
  try {
    body = text === "" ? null : JSON.parse(text);
  } catch {
    // Not the API's words: told by the status alone.
  }
  if (!answer.ok) throw refusalOf(answer, body);
  return { body: body as T, version: answer.headers.get("etag") };
}

const read = async <T>(path: string, sent?: Sent) => (await send<T>("GET", path, sent)).body;

const of = (event: string, rest: string) => `/api/events/${event}/${rest}`;

const matching = (version: string | null): Record<string, string> =>
  version === null ? {} : { "if-match": version };

const named = (key: string) => ({ "idempotency-key": key });

export const askGates = {
  devices: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "devices"],
      queryFn: async ({ signal }) =>
        (await read<{ items: Device[] }>(of(event, "devices"), { signal })).items,
      // Silence is no change that anybody would tell of.
      refetchInterval: 15_000,
    }),

  alerts: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "alerts"],
      queryFn: async ({ signal }) =>
        (await read<{ items: GateAlert[] }>(of(event, "alerts"), { signal })).items,
      refetchInterval: 30_000,
    }),

  /** The counts at one gate, or at the venue's own entrance. */
  door: (event: string, gate: string | null) =>
    queryOptions({
      queryKey: ["event", event, "door", gate],
      queryFn: ({ signal }) =>
        read<DoorView>(of(event, "door"), { signal, query: gate === null ? {} : { gate } }),
      staleTime: 1_000,
      // What was a minute ago goes by without a scan.
      refetchInterval: 20_000,
    }),

  find: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "door search", text],
      queryFn: async ({ signal }) =>
        (await read<{ items: Found[] }>(of(event, "door/search"), { signal, query: { q: text } })).items,
      staleTime: 5_000,
    }),

  token: (token: string) =>
    queryOptions({
      queryKey: ["registration token", token],
      queryFn: ({ signal }) =>
        read<TokenStanding>(`/api/registration-tokens/${encodeURIComponent(token)}`, { signal }),
      refetchInterval: ({ state }) => (state.data?.used === true ? false : 1_500),
      gcTime: 0,
    }),

  preflight: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "preflight"],
      queryFn: ({ signal }) => read<Preflight>(of(event, "preflight"), { signal }),
      staleTime: 0,
    }),

  /** The cameras of this machine; null outside of the desktop's program. */
  cameras: () =>
    queryOptions({
      queryKey: ["cameras"],
      queryFn: async ({ signal }) => {
        try {
          const path = "/api/machine/cameras";
          return (await read<{ items: { id: string; name: string }[] }>(path, { signal })).items;
        } catch (error) {
          if (error instanceof Problem && error.status === 404) return null;
          throw error;
        }
      },
    }),
};

export const readRules = async (event: string): Promise<Versioned<EntryRule[]>> => {
  const { body, version } = await send<{ items: EntryRule[] }>("GET", of(event, "entry-rules"));
  return { body: body.items, version };
};

export const writeRules = async (
  event: string,
  items: readonly EntryRule[],
  version: string | null,
): Promise<Versioned<EntryRule[]>> => {
  const headers = matching(version);
  const saved = await send<{ items: EntryRule[] }>("PUT", of(event, "entry-rules"), { body: { items }, headers });
  return { body: saved.body.items, version: saved.version };
};

/** What a rule says of made-up facts. */
export const checkRule = async (event: string, logic: unknown, sample: unknown): Promise<Checked> =>
  (await send<Checked>("POST", of(event, "entry-rules/check"), { body: { logic, sample } })).body;

/** Where the door's settings are kept for those who only look at them. */
export const askDoorSettings = (event: string) =>
  queryOptions({
    queryKey: ["event", event, "door settings"],
    queryFn: () => readDoorSettings(event),
  });

export const readDoorSettings = (event: string): Promise<Versioned<DoorSettings>> =>
  send("GET", of(event, "door-settings"));

export const writeDoorSettings = (
  event: string,
  settings: Omit<DoorSettings, "pin_set">,
  version: string | null,
): Promise<Versioned<DoorSettings>> =>
  send("PUT", of(event, "door-settings"), { body: settings, headers: matching(version) });

/** Gives supervisors a PIN, or none. */
export const setPin = async (event: string, pin: string | null): Promise<void> => {
  await send("PUT", of(event, "door-pin"), { body: { pin } });
};

/** Changes how many people one zone takes; null for any number. */
export async function setZoneCapacity(event: string, zone: string, capacity: number | null): Promise<void> {
  const { body, version } = await readDoorSettings(event);
  const { re_entry, auto_exit_minute, walk_ins, undo_minutes, kiosk_welcome, questions } = body;
  const others = { re_entry, auto_exit_minute, walk_ins, undo_minutes, kiosk_welcome, questions };
  await writeDoorSettings(event, { ...others, zones: [{ zone, capacity }] }, version);
}

export const makeToken = async (event: string, wanted: WantedDevice): Promise<RegistrationToken> =>
  (await send<RegistrationToken>("POST", "/api/registration-tokens/generate", {
    body: { ...wanted, eventId: event },
    headers: named(crypto.randomUUID()),
  })).body;

export const makeLink = async (
  event: string,
  link: { device_name: string; expires_at: number | null },
  key: string,
): Promise<ScannerLink> =>
  (await send<ScannerLink>("POST", of(event, "scanner-links"), { body: link, headers: named(key) })).body;

export const changeDevice = async (device: string, change: DeviceChange): Promise<Versioned<Device>> =>
  send("PATCH", `/api/devices/${device}`, { body: change });

export const revokeDevice = async (device: string): Promise<Device> =>
  (await send<Device>("POST", `/api/devices/${device}/revoke`)).body;

export const resolveAlert = async (alert: string, note: string): Promise<void> => {
  await send("POST", `/api/alerts/${alert}/resolve`, { body: { note } });
};

/** Tickets that one request admits at most. */
export const MOST_AT_ONCE = 50;

/** Admits tickets by hand; the same nonce again is the same admission. */
export const admitByHand = async (
  event: string,
  given: { gate: string; tickets: readonly string[]; nonce: string },
): Promise<Decided[]> =>
  (await send<{ items: Decided[] }>("POST", of(event, "door/admit"), {
    body: { ...given, direction: "entry" },
    headers: named(given.nonce),
  })).body.items;
