/** An office that tests play, with one event whose doors are open, and the phone that scans for it. */
import { IDBFactory } from "fake-indexeddb";
import { vi } from "vitest";
import { Keep } from "../keep/keep";
import { nameOfLink } from "../keep/links";
import type { List, QueuedScan } from "../keep/types";
import tokens from "../token/cases/tokens.json";
import { Scanner } from "./scanner";

export const TOKEN = "invented-link-0001";
export const SCANNER = "5ca00000-0000-4000-8000-000000000001";
const [first, second] = tokens;
if (first === undefined || second === undefined) throw new Error("no tokens");
/** A ticket of the event's, and one of another's. */
export const [ours, other] = [first, second] as const;
export const HOUR = 3_600_000;

/** A credential that is good until then, UTC ms; the phone can't check who signed it. */
export const credential = (end: number): string =>
  `e30.${btoa(JSON.stringify({ exp: end / 1_000 })).replace(/=+$/, "")}.c2lnbmVk`;

/** The gala's doors are open. */
export const NOW = Date.parse("2026-12-05T18:30:00Z");

export const settings = {
  offlineModeEnabled: true,
  syncIntervalMinutes: 15,
  maxOfflineHours: 24,
  zone: null,
  session: null,
  direction: "entry" as "entry" | "exit",
  mayTurn: true,
  deviceName: "Front door",
  status: "ACTIVE",
  room: null as number | null,
};

export const list = (): List => ({
  as_of: 7,
  complete: true,
  event: {
    id: ours.event,
    title: "Winter Gala",
    time_zone: "Europe/Vienna",
    kind: "one_time",
    status: "published",
    re_entry: "single",
  },
  keys: [{ kid: ours.kid, alg: ours.alg, spki: ours.spki, status: "active" }],
  sessions: [
    {
      id: "evening",
      title: null,
      doors_at: NOW - HOUR,
      starts_at: NOW,
      ends_at: NOW + 4 * HOUR,
      status: "scheduled",
    },
  ],
  ticket_types: [{ id: "vip", name: "VIP", colour: 1, sessions: null, zones: [] }],
  zones: [],
  rules: [],
  tickets: [
    [ours.ticket, 1, 1, "active", 0, "Zoë Ŝlâpfer-O’Neill", "Table 4", "birthday", null],
    ["ee9eb881-a1fe-89a1-ba78-003b7b4df93e", 2, 1, "active", 0, "Bruno Brückner", null, null, null],
  ],
});

interface Asked {
  path: string;
  body: Record<string, unknown>;
  keepalive: boolean;
}

/** An office that a test plays: what it is asked, and what it answers. */
export class Office {
  asked: Asked[] = [];
  /** Nobody answers. */
  away = false;
  /** How far its clock is off, ms; its answers say the time. */
  off = 0;
  answers: Record<string, (body: Record<string, unknown>) => [number, unknown] | Promise<[number, unknown]>> = {
    roster: () => [200, list()],
    passages: () => [200, { tickets: [], to: "1.0", more: false }],
    sync: (body) => [200, this.takes(body, "SUCCESS")],
    validate: () => [500, {}],
  };

  takes(body: Record<string, unknown>, status: string): unknown {
    const scans = body["scans"] as QueuedScan[];
    return {
      syncResults: scans.map(({ ticketId, nonce }) => ({ ticketId, nonce, status, message: "" })),
      settings,
      serverTime: new Date(this.now()).toISOString(),
      pendingUpdates: [],
    };
  }

  now(): number {
    return Date.now() + this.off;
  }

  fetch = async (path: string, init: RequestInit = {}): Promise<Response> => {
    if (this.away) throw new TypeError("nobody answered");
    const body = typeof init.body === "string" ? (JSON.parse(init.body) as Record<string, unknown>) : {};
    this.asked.push({ path, body, keepalive: init.keepalive === true });
    const name = Object.keys(this.answers).find((key) => path.includes(`/${key}`));
    const [status, answer] = (await this.answers[name ?? ""]?.(body)) ?? [404, {}];
    const headers = { "content-type": "application/json", date: new Date(this.now()).toUTCString() };
    return new Response(status === 304 ? null : JSON.stringify(answer), { status, headers });
  };

  times(part: string): number {
    return this.asked.filter(({ path }) => path.includes(part)).length;
  }
}

/** Sets up a phone that has never scanned, and an office that answers it. */
export function openOffice(): Office {
  vi.stubGlobal("indexedDB", new IDBFactory());
  vi.spyOn(Date, "now").mockImplementation(() => NOW);
  // No time passes unless a test says so.
  vi.spyOn(performance, "now").mockImplementation(() => 0);
  vi.spyOn(navigator, "onLine", "get").mockReturnValue(true);
  const office = new Office();
  vi.stubGlobal("fetch", office.fetch);
  return office;
}

/** A phone that has just become a scanner, by a link that is good until 12 hours after the event. */
export async function begin(more: Partial<typeof settings> = {}): Promise<Scanner> {
  const event = { id: ours.event, title: "Winter Gala", timeZone: "Europe/Vienna" };
  const answer = { scannerId: SCANNER, credentials: credential(NOW + 16 * HOUR), settings: { ...settings, ...more }, event };
  const scanner = await Scanner.begin(TOKEN, answer);
  await scanner.sync();
  return scanner;
}

/** What the phone keeps. */
export const keepOf = async (): Promise<Keep> => Keep.open(await nameOfLink(TOKEN));
