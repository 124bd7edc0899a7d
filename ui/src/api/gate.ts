import { queryOptions } from "@tanstack/react-query";
import { platform } from "../platform";
import { refusalOfShell } from "./answer";
import { client, content, done } from "./client";
import type { components } from "./contract";

/** The door's part of the API. */

type Shapes = components["schemas"];

export type Direction = Shapes["Direction"];
/** What a gate knows of its door. */
export type Door = Shapes["DoorView"];
/** A scan as the gate lists it. */
export type Line = Shapes["DoorLine"];
/** What a door prints for those who are let in. */
export type BadgeSettings = Shapes["BadgeSettings"];
/** A ticket that was looked up. */
export type Found = Shapes["Found"];
/** What a gate is told of one presentation. */
export type Shown = Shapes["Shown"];
/** Frames that a camera of this machine offers. */
export type FrameSize = Shapes["MachineCameraSize"];

/** What comes of a watched camera of this machine, under the names `state`, `frame` and `codes`. */
export type CameraEvent = Shapes["CameraEvent"];

/** A code at a gate; the same nonce twice is one scan. */
export type Presentation = Pick<Shapes["ScanBody"], "code" | "answered"> & {
  gate: string;
  direction: Direction;
  nonce: string;
};

export const askDoor = {
  /** How many scans of the gate that this machine is its office lacks; null where it is no gate. */
  waiting: () =>
    queryOptions({
      queryKey: ["own-gate", "waiting"],
      queryFn: async ({ signal }) => (await content(client.GET("/api/auth/me", { signal }))).gate?.waiting ?? null,
      refetchInterval: 5_000,
      retry: false,
      staleTime: 0,
    }),

  door: (event: string, gate: string) =>
    queryOptions({
      queryKey: ["event", event, "door", gate],
      queryFn: ({ signal }) => {
        const params = { path: { id: event }, query: { gate } };
        return content(client.GET("/api/events/{id}/door", { params, signal }));
      },
      staleTime: 0,
      // The last minute passes also when nobody comes.
      refetchInterval: 10_000,
    }),

  search: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "door", "search", text],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event }, query: { q: text } };
        return (await content(client.GET("/api/events/{id}/door/search", { params, signal }))).items;
      },
    }),

  party: (event: string, ticket: string) =>
    queryOptions({
      queryKey: ["event", event, "door", "party", ticket],
      queryFn: ({ signal }) => {
        const params = { path: { id: event, ticket } };
        return content(client.GET("/api/events/{id}/door/party/{ticket}", { params, signal }));
      },
    }),

  /** The picture of a ticket's holder. */
  photo: (event: string, gate: string, ticket: string) =>
    queryOptions({
      queryKey: ["event", event, "door photo", ticket],
      queryFn: ({ signal }) => {
        const params = { path: { id: event, ticket }, query: { gate } };
        return content(client.GET("/api/events/{id}/door/photos/{ticket}", { params, signal, parseAs: "blob" }));
      },
      retry: false,
      // Long enough for the queue, short enough that a new picture is seen the same evening.
      staleTime: 60_000,
      gcTime: 60_000,
    }),

  ports: () =>
    queryOptions({
      queryKey: ["machine", "scanners"],
      queryFn: async ({ signal }) => (await content(client.GET("/api/machine/scanners", { signal }))).items,
      retry: false,
      staleTime: 0,
    }),

  cameras: () =>
    queryOptions({
      queryKey: ["machine", "cameras"],
      queryFn: async ({ signal }) => (await content(client.GET("/api/machine/cameras", { signal }))).items,
      retry: false,
      staleTime: 0,
    }),
};

/** Where the events of a camera of this machine come from. */
export const watchPath = (camera: string, size: FrameSize | null): string => {
  const frames = size === null ? "" : `?width=${size.width}&height=${size.height}&frames=${size.frames}`;
  return `/api/machine/cameras/${encodeURIComponent(camera)}/watch${frames}`;
};

/** What comes of a serial scanner of this machine, under the names `state` and `code`. */
export type ScannerEvent = Shapes["ScannerEvent"];

/** Where the events of a serial scanner of this machine come from. */
export const hearPath = (port: string): string => `/api/machine/scanners/${encodeURIComponent(port)}/listen`;

/** What a watched camera of this machine lets be set, in its driver's numbers, and chosen. */
export const machineAbilities = (camera: string): Promise<Shapes["MachineCameraAbilities"]> =>
  content(client.GET("/api/machine/cameras/{id}", { params: { path: { id: camera } } }));

export const setMachineControl = (camera: string, dial: string, value: number): Promise<void> => {
  const params = { path: { id: camera, dial } };
  return done(client.PUT("/api/machine/cameras/{id}/controls/{dial}", { params, body: { value } }));
};

export const present = (event: string, body: Presentation, signal: AbortSignal): Promise<Shown> =>
  content(client.POST("/api/events/{id}/scans", { params: { path: { id: event } }, body, signal }));

export const undoScan = (
  event: string,
  scan: string,
  body: { gate: string; pin?: string; nonce: string },
): Promise<Shown> => {
  const params = { path: { id: event, scan } };
  return content(client.POST("/api/events/{id}/scans/{scan}/undo", { params, body }));
};

export const forceScan = (
  event: string,
  scan: string,
  body: { gate: string; pin: string; reason: string; nonce: string },
): Promise<Shown> => {
  const params = { path: { id: event, scan } };
  return content(client.POST("/api/events/{id}/scans/{scan}/force", { params, body }));
};

export const admitTickets = async (
  event: string,
  body: { gate: string; tickets: string[]; direction: Direction; nonce: string; answered: boolean },
  signal: AbortSignal,
): Promise<Shown[]> => {
  const params = { path: { id: event } };
  return (await content(client.POST("/api/events/{id}/door/admit", { params, body, signal }))).items;
};

/** Named by its key too: the ticket that is made at the door comes before the scan. */
export const admitWalkIn = (
  event: string,
  body: { gate: string; name: string; ticket_type: string; nonce: string; answered: boolean },
  signal: AbortSignal,
): Promise<Shown> => {
  const headers = { "idempotency-key": body.nonce };
  const params = { path: { id: event } };
  return content(client.POST("/api/events/{id}/door/walk-in", { params, body, headers, signal }));
};

/** Waits at this gate for a spare one, while the office is away. */
export const enrolSpare = (event: string): Promise<Shapes["SpareGateAnswer"]> =>
  content(client.POST("/api/events/{id}/door/spare-gate", { params: { path: { id: event } } }));

/** Fails unless `pin`, typed at this gate, is the supervisor's. */
export const checkPin = (event: string, gate: string, pin: string): Promise<void> =>
  done(client.POST("/api/events/{id}/door-pin/check", { params: { path: { id: event } }, body: { pin, gate } }));

/** Ends this machine's being a gate; the PIN where there is one. */
export const leaveGate = (pin: string | null): Promise<void> =>
  done(client.POST("/api/machine/gate/leave", { body: { pin } }));

/** Makes this machine a gate of the event whose office shows this code. */
export const becomeGate = (code: string, name: string): Promise<void> =>
  done(client.POST("/api/machine/gate", { body: { code, name } }));

/** The badge or receipt of a ticket that was let in, as PDF. */
export const badgePdf = (event: string, ticket: string, gate: string): Promise<Blob> => {
  const params = { path: { id: event, ticket }, query: { gate } };
  return content(client.GET("/api/events/{id}/door/badges/{ticket}", { params, parseAs: "blob" }));
};

/** Prints a badge or receipt; which printer took it, null where a program shows it. */
export async function printBadge(
  of: { event: string; ticket: string; gate: string },
  printer: string | null,
): Promise<string | null> {
  try {
    return await platform().printBadge(of, printer);
  } catch (error) {
    throw refusalOfShell(error);
  }
}

/** What these settings would print, for somebody made up. */
export const askBadgePreview = (event: string, badge: BadgeSettings) =>
  queryOptions({
    queryKey: ["event", event, "badge preview", badge],
    queryFn: ({ signal }) => {
      const params = { path: { id: event } };
      const wanted = { params, body: badge, signal, parseAs: "blob" as const };
      return content(client.POST("/api/events/{id}/door/badges/preview", wanted));
    },
    staleTime: 60_000,
  });
