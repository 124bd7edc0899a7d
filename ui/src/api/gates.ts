/** Gates, kiosks and scanners: what the office asks of them and tells them. */
import { queryOptions } from "@tanstack/react-query";
import { Problem } from "../shared/problem";
import type { Versioned } from "../shared/versioned";
import { client, content, done, ifMatch, versioned } from "./client";
import type { components } from "./contract";

type Shapes = components["schemas"];

export type DeviceKind = Shapes["DeviceKind"];
export type Direction = Shapes["Direction"];
export type ReEntry = Shapes["ReEntry"];
export type Device = Shapes["Device"];
export type DeviceChange = Shapes["DeviceBody"];
export type GateAlert = Shapes["Alert"];
/** What a new device is made by: read by its camera, or typed. */
export type RegistrationToken = Shapes["TokenAnswer"];
export type ScannerLink = Shapes["LinkAnswer"];
/** What a door shows of itself. */
export type DoorView = Shapes["DoorView"];
/** A ticket as a door finds it. */
export type Found = Shapes["Found"];
/** What a door decided of one ticket, as far as a list tells it. */
export type Decided = Pick<Shapes["Shown"], "scan" | "ticket" | "verdict" | "code" | "message">;
/** The gates of an event as its office meets them. */
export type MeshView = Shapes["MeshView"];
export type MeshGate = Shapes["MeshGate"];
export type MeshFlag = Shapes["MeshFlag"];
export type MeshNote = Shapes["MeshNote"];
/** Two admissions of one ticket that should have been one. */
export type MeshDouble = Shapes["MeshDouble"];
/** What became of somebody who came in on a used ticket. */
export type DoubleOutcome = Shapes["Outcome"];
/** A rule of the organizer's, with everything it says; its place in the list is all that names it. */
export type EntryRule = Required<Shapes["EntryRule"]>;
/** What holds at the doors of an event. */
export type DoorSettings = Shapes["Doors"];

/** What a readiness check found. */
export type PreflightLine = Omit<Shapes["Check"], "params"> & {
  // Each line tells figures of its own, which the contract leaves open.
  params: Readonly<Record<string, unknown>>;
};

/** What a new device is to be: an office and a browser are made otherwise. */
export interface WantedDevice {
  kind: Extract<DeviceKind, "gate" | "kiosk" | "scanner">;
  zone: string | null;
  session: string | null;
  direction: Direction;
  /** Whether staff may turn it round. */
  mayTurn: boolean;
  validityMinutes: number;
}

const named = (key: string) => ({ "idempotency-key": key });

/** The one parameter that most of these paths have. */
const at = (id: string) => ({ path: { id } });

export const askGates = {
  devices: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "devices"],
      queryFn: async ({ signal }) =>
        (await content(client.GET("/api/events/{id}/devices", { params: at(event), signal }))).items,
      // Silence is no change that anybody would tell of.
      refetchInterval: 15_000,
    }),

  alerts: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "alerts"],
      queryFn: async ({ signal }) =>
        (await content(client.GET("/api/events/{id}/alerts", { params: at(event), signal }))).items,
      refetchInterval: 30_000,
    }),

  mesh: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "mesh"],
      queryFn: ({ signal }) =>
        content(client.GET("/api/events/{id}/mesh", { params: at(event), signal })),
      // Who is there is no change of the event's that anybody would tell of.
      refetchInterval: 15_000,
    }),

  /** The counts at the venue's own entrance. */
  door: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "door", null],
      queryFn: ({ signal }) => content(client.GET("/api/events/{id}/door", { params: at(event), signal })),
      staleTime: 1_000,
      // What was a minute ago goes by without a scan.
      refetchInterval: 20_000,
    }),

  /** The counts and last scans of one device, as far as the office has them. */
  deviceDoor: (event: string, device: string) =>
    queryOptions({
      queryKey: ["event", event, "door", "device", device],
      queryFn: ({ signal }) => {
        const params = { path: { id: event, device } };
        return content(client.GET("/api/events/{id}/devices/{device}/door", { params, signal }));
      },
      staleTime: 1_000,
      refetchInterval: 20_000,
    }),

  /** Scanners' links that nobody has opened yet. */
  openLinks: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "devices", "links"],
      queryFn: async ({ signal }) =>
        (await content(client.GET("/api/events/{id}/scanner-links", { params: at(event), signal }))).items,
      staleTime: 0,
    }),

  find: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "door search", text],
      queryFn: async ({ signal }) => {
        const params = { ...at(event), query: { q: text } };
        return (await content(client.GET("/api/events/{id}/door/search", { params, signal }))).items;
      },
      staleTime: 5_000,
    }),

  token: (token: string) =>
    queryOptions({
      queryKey: ["registration token", token],
      queryFn: ({ signal }) =>
        content(client.GET("/api/registration-tokens/{token}", { params: { path: { token } }, signal })),
      refetchInterval: ({ state }) => (state.data?.used === true ? false : 1_500),
      gcTime: 0,
    }),

  preflight: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "preflight"],
      queryFn: ({ signal }) =>
        content(client.GET("/api/events/{id}/preflight", { params: at(event), signal })),
      staleTime: 0,
    }),

  /** The cameras of this machine; null outside of the desktop's program. */
  cameras: () =>
    queryOptions({
      queryKey: ["cameras"],
      queryFn: async ({ signal }) => {
        try {
          return (await content(client.GET("/api/machine/cameras", { signal }))).items;
        } catch (error) {
          if (error instanceof Problem && error.status === 404) return null;
          throw error;
        }
      },
    }),
};

export const readRules = async (event: string): Promise<Versioned<EntryRule[]>> => {
  const { body, version } = await versioned(
    client.GET("/api/events/{id}/entry-rules", { params: at(event) }),
  );
  return { body: body.items, version };
};

export const writeRules = async (
  event: string,
  items: EntryRule[],
  version: string | null,
): Promise<Versioned<EntryRule[]>> => {
  const wanted = { params: at(event), body: { items }, headers: ifMatch(version) };
  const saved = await versioned(client.PUT("/api/events/{id}/entry-rules", wanted));
  return { body: saved.body.items, version: saved.version };
};

/** What a rule says of made-up facts. */
export const checkRule = (event: string, logic: unknown, sample: unknown): Promise<Shapes["Tried"]> => {
  const body = { logic, sample };
  return content(client.POST("/api/events/{id}/entry-rules/check", { params: at(event), body }));
};

/** Where the door's settings are kept for those who only look at them. */
export const askDoorSettings = (event: string) =>
  queryOptions({
    queryKey: ["event", event, "door settings"],
    queryFn: () => readDoorSettings(event),
  });

export const readDoorSettings = (event: string): Promise<Versioned<DoorSettings>> =>
  versioned(client.GET("/api/events/{id}/door-settings", { params: at(event) }));

/** The PIN is given by itself, see `setPin`. */
export const writeDoorSettings = (
  event: string,
  body: Omit<DoorSettings, "pin_set">,
  version: string | null,
): Promise<Versioned<DoorSettings>> => {
  const headers = ifMatch(version);
  return versioned(client.PUT("/api/events/{id}/door-settings", { params: at(event), body, headers }));
};

/** Gives supervisors a PIN, or none. */
export const setPin = (event: string, pin: string | null): Promise<void> =>
  done(client.PUT("/api/events/{id}/door-pin", { params: at(event), body: { pin } }));

/** Changes how many people one zone takes; null for any number. */
export async function setZoneCapacity(event: string, zone: string, capacity: number | null): Promise<void> {
  const { body, version } = await readDoorSettings(event);
  const { re_entry, auto_exit_minute, walk_ins, undo_minutes, kiosk_welcome, questions } = body;
  const { badge, show_photo } = body;
  const others = {
    ...{ re_entry, auto_exit_minute, walk_ins, undo_minutes, kiosk_welcome, questions },
    ...{ badge, show_photo },
  };
  await writeDoorSettings(event, { ...others, zones: [{ zone, capacity }] }, version);
}

export const makeToken = (event: string, wanted: WantedDevice): Promise<RegistrationToken> => {
  const headers = named(crypto.randomUUID());
  const body = { ...wanted, eventId: event };
  return content(client.POST("/api/registration-tokens/generate", { body, headers }));
};

export const makeLink = (
  event: string,
  body: { device_name: string; expires_at: number | null },
  key: string,
): Promise<ScannerLink> =>
  content(client.POST("/api/events/{id}/scanner-links", { params: at(event), body, headers: named(key) }));

/** Takes a link back that nobody has opened. */
export const endLink = (event: string, link: string): Promise<void> =>
  done(client.DELETE("/api/events/{id}/scanner-links/{link}", { params: { path: { id: event, link } } }));

export const changeDevice = (device: string, body: DeviceChange): Promise<Versioned<Device>> =>
  versioned(client.PATCH("/api/devices/{id}", { params: at(device), body }));

export const revokeDevice = (device: string): Promise<Device> =>
  content(client.POST("/api/devices/{id}/revoke", { params: at(device) }));

/** A scan that a device decided alone. */
export type CarriedScan = Shapes["SyncedScan"];

/** Scans that one request brings in at most. */
const SCANS_AT_ONCE = 100;

/**
 * Brings in scans that somebody carried here from a device; the same again are the same scans. How
 * many of them hold, and how many are refused.
 */
export const bringScans = async (
  device: string,
  scans: readonly CarriedScan[],
): Promise<{ good: number; refused: number }> => {
  let good = 0;
  for (let from = 0; from < scans.length; from += SCANS_AT_ONCE) {
    const body = { scans: scans.slice(from, from + SCANS_AT_ONCE) };
    const { syncResults } = await content(client.POST("/api/devices/{id}/scans", { params: at(device), body }));
    good += syncResults.filter(({ status }) => status === "SUCCESS").length;
  }
  return { good, refused: scans.length - good };
};

export const resolveAlert = (alert: string, note: string): Promise<void> =>
  done(client.POST("/api/alerts/{id}/resolve", { params: at(alert), body: { note } }));

/** Keeps what a person decided on a double; a later note holds, and none is taken back. */
export const noteDouble = (
  event: string,
  body: { double: string; outcome: DoubleOutcome; note: string },
): Promise<MeshView> =>
  content(client.POST("/api/events/{id}/mesh/doubles", { params: at(event), body }));

/** Gives others the room of a gate that is out of use. */
export const writeOffRoom = (device: string): Promise<MeshView> =>
  content(client.POST("/api/scanners/{id}/write-off", { params: at(device) }));

/** Tickets that one request admits at most. */
export const MOST_AT_ONCE = 50;

/**
 * Writes down who came by the paper list: to the session that is named, whether or not it is over,
 * or now. The same nonce again is the same admission.
 */
export const admitByHand = async (
  event: string,
  { session, ...given }: { gate: string; tickets: string[]; nonce: string; session: string | null },
): Promise<Decided[]> => {
  const when = session === null ? { answered: true } : { afterwards: true, session };
  const body = { ...given, ...when, direction: "entry" as const };
  const wanted = { params: at(event), body, headers: named(given.nonce) };
  return (await content(client.POST("/api/events/{id}/door/admit", wanted))).items;
};
