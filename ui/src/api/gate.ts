import { queryOptions } from "@tanstack/react-query";
import type { Shown } from "../shared/verdict";
import { client, content, done } from "./client";

/** The door's part of the API. */

export type { Shown };
export type Direction = "entry" | "exit";

export interface DoorEvent {
  id: string;
  title: string;
  time_zone: string;
  starts_at?: number | null;
  ends_at?: number | null;
}

/** A scan as the gate lists it. */
export interface Line {
  scan: string;
  at: number;
  gate: string;
  direction: Direction;
  verdict: Shown["verdict"];
  code: string;
  name: string | null;
  number: number | null;
  ticket_type: string | null;
  /** Whether it was taken back. */
  undone?: boolean;
  undo_until: number | null;
}

/** What a gate knows of its door. */
export interface Door {
  event: DoorEvent;
  gate: { id: string | null; name: string; zone: string | null; session: string | null; direction: Direction };
  counts: {
    inside: number;
    capacity: number | null;
    expected: number;
    admitted: number;
    refused: number;
    last_minute: number;
  };
  /** Newest first. */
  recent: Line[];
  /** Scans that are not shared yet. */
  waiting: number;
  mode: Shown["mode"];
  clock_ms: number;
  kiosk: boolean;
  walk_ins: boolean;
  /** Names of the types of which a ticket may be made here. */
  ticket_types: string[];
  pin_set: boolean;
  /** What a kiosk says to those who come. */
  welcome: string | null;
}

/** A ticket that was looked up. */
export interface Found {
  ticket: string;
  number: number;
  name: string;
  unnamed: boolean;
  ticket_type: string | null;
  colour: number | null;
  seat: string | null;
  invitation: string | null;
  party_label: string | null;
  members: number;
  inside: boolean;
  status: string;
  note: string | null;
}

export interface FoundParty {
  number: string;
  label: string;
  items: Found[];
}

/** A camera of the machine beneath the window. */
export interface MachineCamera {
  id: string;
  name: string;
}

type Answer = Promise<{ data?: unknown; error?: unknown; response: Response }>;

/** The client without the contract, for paths that it does not name yet. */
const plain = client as unknown as Record<"GET" | "POST" | "PUT", (path: string, init: object) => Answer>;

const got = async <T>(answer: Answer): Promise<T> => (await content(answer)) as T;

interface Sent {
  body: object;
  /** Names the request, so that it is answered once however often it is sent. */
  key?: string;
  signal?: AbortSignal;
}

function post(path: string, params: Record<string, string>, { body, key, signal }: Sent): Answer {
  const headers = key === undefined ? {} : { "idempotency-key": key };
  return plain.POST(path, { params: { path: params }, body, headers, ...(signal && { signal }) });
}

export const askDoor = {
  door: (event: string, gate: string) =>
    queryOptions({
      queryKey: ["event", event, "door", gate],
      queryFn: ({ signal }) =>
        got<Door>(
          plain.GET("/api/events/{id}/door", { params: { path: { id: event }, query: { gate } }, signal }),
        ),
      staleTime: 0,
      // The last minute passes also when nobody comes.
      refetchInterval: 10_000,
    }),

  search: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "door", "search", text],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event }, query: { q: text } };
        return (await got<{ items: Found[] }>(plain.GET("/api/events/{id}/door/search", { params, signal }))).items;
      },
    }),

  party: (event: string, ticket: string) =>
    queryOptions({
      queryKey: ["event", event, "door", "party", ticket],
      queryFn: ({ signal }) =>
        got<FoundParty>(
          plain.GET("/api/events/{id}/door/party/{ticket}", { params: { path: { id: event, ticket } }, signal }),
        ),
    }),

  cameras: () =>
    queryOptions({
      queryKey: ["machine", "cameras"],
      queryFn: async ({ signal }) => (await got<{ items: MachineCamera[] }>(plain.GET("/api/machine/cameras", { signal }))).items,
      retry: false,
      staleTime: 0,
    }),
};

/** Frames that a camera offers. */
export interface FrameSize {
  width: number;
  height: number;
  /** A second. */
  frames: number;
}

/** What a watched camera of this machine lets be set, in its driver's numbers, and chosen. */
export interface MachineAbilities {
  controls: { dial: string; min: number; max: number; step: number; value: number }[];
  sizes: FrameSize[];
}

const cameraPath = (camera: string) => `/api/machine/cameras/${encodeURIComponent(camera)}`;

/** Where the events of a camera of this machine come from. */
export const watchPath = (camera: string, size: FrameSize | null): string =>
  `${cameraPath(camera)}/watch${size === null ? "" : `?width=${size.width}&height=${size.height}&frames=${size.frames}`}`;

export const machineAbilities = (camera: string): Promise<MachineAbilities> =>
  got(plain.GET("/api/machine/cameras/{id}", { params: { path: { id: camera } } }));

export const setMachineControl = (camera: string, dial: string, value: number): Promise<void> =>
  got(plain.PUT("/api/machine/cameras/{id}/controls/{dial}", { params: { path: { id: camera, dial } }, body: { value } }));

export interface Presentation {
  code: string;
  gate: string;
  direction: Direction;
  /** Names the scan: the same twice is one scan. */
  nonce: string;
  /** The questions of the gate were asked. */
  answered?: boolean;
}

export const present = (event: string, { nonce, ...given }: Presentation, signal: AbortSignal): Promise<Shown> =>
  got(post("/api/events/{id}/scans", { id: event }, { body: { ...given, nonce }, signal }));

export const undoScan = (
  event: string,
  scan: string,
  body: { gate: string; pin?: string; nonce: string },
): Promise<Shown> => got(post("/api/events/{id}/scans/{scan}/undo", { id: event, scan }, { body }));

export const forceScan = (
  event: string,
  scan: string,
  body: { gate: string; pin: string; reason: string; nonce: string },
): Promise<Shown> => got(post("/api/events/{id}/scans/{scan}/force", { id: event, scan }, { body }));

export const admitTickets = async (
  event: string,
  body: { gate: string; tickets: string[]; direction: Direction; nonce: string },
  signal: AbortSignal,
): Promise<Shown[]> =>
  (await got<{ items: Shown[] }>(post("/api/events/{id}/door/admit", { id: event }, { body, signal }))).items;

/** Named by its key too: the ticket that is made at the door comes before the scan. */
export const admitWalkIn = (
  event: string,
  body: { gate: string; name: string; ticket_type: string; nonce: string },
  signal: AbortSignal,
): Promise<Shown> => got(post("/api/events/{id}/door/walk-in", { id: event }, { body, key: body.nonce, signal }));

/** Fails unless `pin` is the supervisor's. */
export const checkPin = (event: string, pin: string): Promise<void> =>
  done(post("/api/events/{id}/door-pin/check", { id: event }, { body: { pin } }));
