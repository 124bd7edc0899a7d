/** A desk's answers about its gates, made up, for pages that are looked at without any gate. */
import type { Page, Route } from "playwright-core";
import type { Decided, Device, DoorView, Found, GateAlert, RegistrationToken } from "../src/api/gates";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** SHA-256 of a certificate. */
const AUTHORITY = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08";

export interface MadeUp {
  /** What the page sent, as `METHOD path` with its body. */
  sent: { what: string; body: unknown }[];
  /** Lets the device that is waited for register. */
  register(): void;
  rules: unknown[];
}

interface Zone {
  id: string;
  name: string;
}

const settings = { offline_mode: true, sync_interval_minutes: 5, max_offline_hours: null };

function devices(now: number, zones: readonly Zone[]): Device[] {
  const lounge = zones[0]?.id ?? null;
  const device = (n: number, name: string, more: Partial<Device>): Device => ({
    id: `d0000000-0000-8000-8000-00000000000${n}`,
    name,
    kind: "gate",
    status: "active",
    created_at: now - 20 * HOUR,
    spare_of: null,
    expires_at: now + 8_760 * HOUR,
    revoked_at: null,
    last_seen_at: now - 4_000,
    last_synced_at: now - 9_000,
    online: true,
    pending: 0,
    zone: null,
    session: null,
    direction: "entry",
    may_turn: true,
    info: { model: "Laptop 14", osVersion: "Debian 13", appVersion: "0.1.0" },
    settings,
    scans: 0,
    admitted: 0,
    ...more,
  });
  return [
    device(1, "Front desk", { kind: "office", info: {}, expires_at: null, scans: 18, admitted: 15 }),
    device(2, "Quay gate", { scans: 214, admitted: 201 }),
    device(3, "Garden gate", {
      online: false,
      last_seen_at: now - 41 * MINUTE,
      last_synced_at: now - 43 * MINUTE,
      pending: 17,
      scans: 96,
      admitted: 71,
    }),
    device(4, "Lounge kiosk", { kind: "kiosk", may_turn: false, zone: lounge, scans: 32, admitted: 30 }),
    device(5, "Terrace exit", { direction: "exit", scans: 40, admitted: 0 }),
    device(6, "Usher’s phone", {
      kind: "browser",
      info: { model: "Phone", osVersion: "Android 16", appVersion: "" },
      pending: null,
      scans: 12,
      admitted: 12,
    }),
    device(7, "Spare laptop", {
      status: "revoked",
      revoked_at: now - 5 * HOUR,
      online: false,
      last_seen_at: now - 6 * HOUR,
      scans: 3,
      admitted: 3,
    }),
  ];
}

function alerts(now: number): GateAlert[] {
  const alert = (n: number, kind: GateAlert["kind"], device: number, name: string, more: Partial<GateAlert> = {}): GateAlert => ({
    id: `a0000000-0000-8000-8000-00000000000${n}`,
    kind,
    device: `d0000000-0000-8000-8000-00000000000${device}`,
    device_name: name,
    at: now - n * 7 * MINUTE,
    ticket: null,
    number: null,
    text: "",
    resolved_at: null,
    note: null,
    ...more,
  });
  return [
    alert(1, "silent", 3, "Garden gate"),
    alert(2, "late_duplicate", 2, "Quay gate", { number: 147 }),
    alert(3, "duplicates", 3, "Garden gate", { resolved_at: now - 2 * MINUTE, note: "A family showed one ticket for all." }),
  ];
}

const lines = [
  ["event_published", "ok", {}],
  ["tickets_issued", "ok", { tickets: 300 }],
  ["keys_active", "ok", {}],
  ["clock", "ok", { offset_ms: 120 }],
  ["gate_clocks", "warning", { offset_ms: 9_400 }],
  ["disk", "ok", { free_bytes: 48_200_000_000 }],
  ["battery", "warning", { percent: 34 }],
  ["roster_fresh", "ok", { minutes: 2 }],
  ["devices_online", "failed", { online: 4, total: 5 }],
  ["gates_meet", "warning", { met: 2, apart: 2, total: 4 }],
  ["network_listening", "ok", {}],
  ["certificate_days", "ok", { days: 812 }],
  ["test_ticket", "ok", {}],
  ["camera", "unknown", { cameras: null }],
  ["door_list", "unknown", {}],
] as const;

const VIP_IN_LOUNGE = {
  if: [
    { and: [{ in: [{ var: "ticket_type" }, ["VIP"]] }, { in: [{ var: "zone" }, ["Lounge"]] }] },
    { and: [{ "<": [{ var: "entries.today" }, 3] }, { "<=": [1_080, { var: "minute" }, 1_439] }] },
    true,
  ],
};

const ONLY_VIP = {
  if: [
    { and: [{ "!": [{ in: [{ var: "ticket_type" }, ["VIP", "Crew"]] }] }, { in: [{ var: "zone" }, ["Lounge"]] }] },
    false,
    true,
  ],
};

/** Answers for the gates of an event from here on; everything else goes to the office itself. */
export async function answerForGates(page: Page, event: string): Promise<MadeUp> {
  const now = Date.now();
  const told = await page.request
    .fetch(new URL(`/api/events/${event}`, page.url()).href, {
      headers: { authorization: `Desk ${process.env["GATEHOUSE_KEY"] ?? ""}` },
    })
    .then((answer) => answer.json() as Promise<{ zones: Zone[] }>);
  let known = devices(now, told.zones);
  let open = alerts(now);
  let version = 1;
  let door: Record<string, unknown> = {
    re_entry: "after_exit",
    auto_exit_minute: 300,
    walk_ins: true,
    undo_minutes: 5,
    kiosk_welcome: "Welcome to the harbour. Please show your code.",
    questions: ["Do you bring a coat or a bag?"],
    badge: { kind: "nothing", paper: "card", ticket_types: [], at_once: false, code: false },
    show_photo: false,
    zones: told.zones.map(({ id }) => ({ zone: id, capacity: 60 })),
    pin_set: true,
  };
  let tokens = 0;
  let used = false;
  const made: MadeUp = {
    sent: [],
    register() {
      used = true;
    },
    rules: [
      { title: "Lounge in the evening", logic: VIP_IN_LOUNGE, enabled: true, message: "The lounge opens at six." },
      { title: "Lounge for VIP and crew", logic: ONLY_VIP, enabled: true, message: null },
      { title: "Every other hour", logic: { "==": [{ "%": [{ var: "minute" }, 2] }, 0] }, enabled: false, message: null },
    ],
  };
  const json = (route: Route, body: unknown, status = 200) =>
    route.fulfill({
      status,
      contentType: status < 400 ? "application/json" : "application/problem+json",
      headers: { etag: `"${version}"` },
      body: JSON.stringify(body),
    });
  /** Whether only these names are there, as the API wants it. */
  const knows = (body: object, names: readonly string[]) => Object.keys(body).every((name) => names.includes(name));
  const unknown = (route: Route) =>
    json(route, { type: "about:blank", status: 400, code: "body_invalid", detail: "unknown field" }, 400);
  const counts = { inside: 262, capacity: 400, expected: 300, admitted: 289, refused: 41, last_minute: 6 };

  const doorOf = (gate: string) => ({
    counts: { ...counts, inside: 57, capacity: 60, admitted: 88 },
    recent: Array.from({ length: 8 }, (_, n): DoorView["recent"][number] => ({
      scan: `s${n}`,
      at: now - n * 48_000,
      gate,
      direction: "entry",
      verdict: n === 2 ? "refused" : "admitted",
      code: n === 2 ? "used" : n === 5 ? "forced" : "admitted",
      name: ["Ada Almgren", "Bruno Castaño", "Chiara Dvořák"][n % 3] ?? null,
      number: 140 + n,
      ticket_type: "Standard",
      undone: false,
      undo_until: null,
      ticket: null,
      badge: false,
    })),
  });

  await page.route(`**/api/events/${event}/**`, async (route) => {
    const request = route.request();
    const url = new URL(request.url());
    const part = url.pathname.split(`/api/events/${event}/`)[1] ?? "";
    const method = request.method();
    if (method !== "GET") made.sent.push({ what: `${method} ${part}`, body: request.postDataJSON() as unknown });
    const asked = /^devices\/([^/]+)\/door$/u.exec(part)?.[1];
    if (asked !== undefined) return json(route, doorOf(known.find(({ id }) => id === asked)?.name ?? ""));
    switch (`${method} ${part}`) {
      case "GET devices":
        return json(route, { items: known });
      case "GET alerts":
        return json(route, { items: open });
      case "GET preflight":
        return json(route, { ready: false, items: lines.map(([code, state, params]) => ({ code, state, params })) });
      case "GET door": {
        const view: DoorView = {
          event: { id: event, title: "Harbour Ball", time_zone: "Europe/Vienna" },
          gate: { id: known[0]?.id ?? "", name: "Front desk", zone: null, session: null, direction: "entry", may_turn: true },
          counts,
          recent: [],
          waiting: 0,
          mode: "home",
          clock_ms: Date.now(),
          clock_set_ms: 0,
          kiosk: false,
          walk_ins: true,
          walk_ins_left: null,
          spare_places: 0,
          ticket_types: ["Standard", "VIP"],
          pin_set: true,
          questions: [],
          welcome: null,
          office: null,
          peers: null,
          badge: { kind: "nothing", paper: "card", ticket_types: [], at_once: false, code: false },
        };
        return json(route, view);
      }
      case "GET entry-rules":
        return json(route, { items: made.rules });
      case "PUT entry-rules":
        made.rules = (request.postDataJSON() as { items: object[] }).items;
        if (!made.rules.every((rule) => knows(rule as object, ["title", "logic", "enabled", "message"]))) {
          return unknown(route);
        }
        version += 1;
        return json(route, { items: made.rules });
      case "POST entry-rules/check":
        return json(route, { ok: true, value: made.sent.length % 2 === 0, problem: null });
      case "GET door-settings":
        return json(route, door);
      case "PUT door-settings":
        if (!knows(request.postDataJSON() as object, Object.keys(door).filter((name) => name !== "pin_set"))) {
          return unknown(route);
        }
        door = { ...door, ...(request.postDataJSON() as object), zones: door["zones"] };
        version += 1;
        return json(route, door);
      case "PUT door-pin":
        return json(route, {});
      case "POST scanner-links":
        return json(route, { link: "/scan/h4rb0ur-l1nk-7", address: null, expires_at: now + 9 * HOUR }, 201);
      case "GET door/search": {
        const q = (url.searchParams.get("q") ?? "").toLowerCase();
        const items = ["Ada Almgren", "Adele Brückner", "Adrián Castaño", "Bruno Dvořák"].map((name, n): Found => ({
          ticket: `f0000000-0000-8000-8000-00000000000${n}`,
          number: 2_001 + n,
          name,
          unnamed: false,
          ticket_type: n === 1 ? "VIP" : "Standard",
          colour: 0,
          seat: null,
          invitation: `INV-000${n + 1}`,
          party_label: "",
          members: 1,
          note: null,
          inside: n === 2,
          status: "active",
        }));
        return json(route, { items: items.filter(({ name }) => name.toLowerCase().includes(q)) });
      }
      case "POST door/admit": {
        const { tickets } = request.postDataJSON() as { tickets: string[] };
        await new Promise((resolve) => setTimeout(resolve, 150));
        return json(route, {
          items: tickets.map((ticket, n): Decided => ({
            scan: `p${n}`,
            verdict: n === 3 ? "refused" : "admitted",
            code: n === 3 ? "zone_full" : "admitted",
            message: "",
            ticket,
          })),
        });
      }
      default:
        return route.fallback();
    }
  });
  await page.route("**/api/registration-tokens/**", async (route) => {
    const request = route.request();
    const expiresAt = new Date(Date.now() + 5 * MINUTE).toISOString();
    if (request.method() === "POST") {
      tokens += 1;
      made.sent.push({ what: "POST token", body: request.postDataJSON() as unknown });
      const token = `6f1c0d2e-8a57-4b1e-9d3f-00000000000${tokens}`;
      const qrText = `gatehouse://enrol?token=${token}&ca=${AUTHORITY}&at=https://192.168.1.20:8443`;
      const answer: RegistrationToken = { token, qrCodeBase64: "", qrText, expiresAt, validityMinutes: 5 };
      return json(route, answer, 201);
    }
    return json(route, {
      used,
      scannerId: used ? known[1]?.id : null,
      scannerName: used ? "Quay gate" : null,
      expiresAt,
    });
  });
  await page.route("**/api/devices/*", async (route) => {
    const id = route.request().url().split("/").at(-1);
    const change = route.request().postDataJSON() as object;
    made.sent.push({ what: "PATCH device", body: change });
    known = known.map((device) => (device.id === id ? { ...device, ...change } : device));
    return json(route, known.find((device) => device.id === id));
  });
  await page.route("**/api/devices/*/revoke", async (route) => {
    const id = route.request().url().split("/").at(-2);
    made.sent.push({ what: "POST revoke", body: id });
    known = known.map((device) => (device.id === id ? { ...device, status: "revoked", online: false } : device));
    return json(route, known.find((device) => device.id === id));
  });
  await page.route("**/api/alerts/*/resolve", async (route) => {
    const id = route.request().url().split("/").at(-2);
    made.sent.push({ what: "POST resolve", body: route.request().postDataJSON() as unknown });
    open = open.map((alert) => (alert.id === id ? { ...alert, resolved_at: Date.now() } : alert));
    return json(route, {});
  });
  await page.route("**/api/machine/cameras", (route) =>
    json(route, { type: "about:blank", status: 404, code: "cameras_none", detail: "no cameras here" }, 404),
  );
  // The owner's desk may do it before the office's own table of permissions says so.
  await page.route("**/api/auth/me", async (route) => {
    const answer = await route.fetch();
    const me = (await answer.json()) as { may: string[] };
    return route.fulfill({ response: answer, json: { ...me, may: [...new Set([...me.may, "manage_gates"])] } });
  });
  return made;
}
