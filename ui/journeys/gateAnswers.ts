import type { Page, Route } from "playwright-core";
import type { Door, Found, Line } from "../src/api/gate";
import type { Shown } from "../src/shared/verdict";
import { logo } from "./picture";

/** A door that is made up: what a gate is answered with, where it is to be seen and not to be proved. */

export const BALL = "5eed0001-0000-8000-8000-000000000001";
const ZONE = "Europe/Vienna";

const uuid = (n: number) => `5eed0001-0000-8000-9000-${n.toString(16).padStart(12, "0")}`;

export const shown = (given: Partial<Shown> = {}): Shown => ({
  scan: crypto.randomUUID(),
  at: Date.now(),
  verdict: "admitted",
  code: "admitted",
  attention: false,
  mode: "home",
  status: "SUCCESS",
  message: "Welcome.",
  ticket: uuid(2847),
  number: 2847,
  name: "Zoë Ŝlâpfer-O’Neill",
  ticket_type: "VIP",
  colour: 1,
  seat: "Table 4 · Seat 2",
  zone: null,
  note: null,
  language: "en",
  first_time: false,
  party: null,
  first_used_at: null,
  first_used_gate: null,
  doors_at: null,
  rule: null,
  rule_message: null,
  questions: [],
  undo_until: Date.now() + 300_000,
  badge: false,
  photo: false,
  ...given,
});

export const refused = (code: string, given: Partial<Shown> = {}): Shown =>
  shown({ verdict: "refused", code, status: "INVALID", undo_until: null, ...given });

const NAMES = ["Ada Almgren", "Bruno Brückner", "Chiara Castaño", "Dmitri Dvořák", "Elif Eriksen", "Femi Fontaine"];

const lines = (now: number): Line[] =>
  Array.from({ length: 12 }, (_, n) => ({
    scan: uuid(9_000 + n),
    at: now - n * 47_000,
    gate: n % 3 === 0 ? "Side door" : "Main door",
    direction: "entry",
    verdict: n % 5 === 3 ? "refused" : "admitted",
    code: n % 5 === 3 ? "used" : "admitted",
    name: n === 8 ? null : (NAMES[n % NAMES.length] ?? null),
    number: n === 8 ? null : 2_000 + n,
    ticket_type: n === 8 ? null : n % 4 === 0 ? "VIP" : "Standard",
    undone: false,
    undo_until: n < 4 && n !== 3 ? now + 200_000 : null,
    ticket: n === 8 ? null : uuid(2_000 + n),
    badge: n % 5 !== 3 && n !== 8,
  }));

export const found: Found[] = NAMES.map((name, n) => ({
  ticket: uuid(100 + n),
  number: 2_001 + n,
  name,
  unnamed: false,
  ticket_type: n % 4 === 0 ? "VIP" : "Standard",
  colour: n % 4 === 0 ? 1 : 0,
  seat: n < 3 ? `Table 4 · Seat ${n + 1}` : null,
  invitation: `INV-00${10 + n}`,
  party_label: n < 3 ? "Family Almgren" : "",
  members: n < 3 ? 3 : 1,
  inside: n === 2,
  status: n === 4 ? "voided" : "active",
  note: n === 1 ? "needs a wheelchair place" : null,
}));

export const doorOf = (given: Partial<Door> = {}): Door => ({
  event: { id: BALL, title: "Harbour Ball", time_zone: ZONE },
  gate: { id: uuid(1), name: "Main door", zone: null, session: null, direction: "entry", may_turn: true },
  counts: { inside: 28, capacity: 60, expected: 60, admitted: 31, refused: 2, last_minute: 3 },
  recent: lines(Date.now()),
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
  welcome: "Good to have you here.",
  office: null,
  peers: null,
  badge: { kind: "nothing", paper: "card", ticket_types: [], at_once: false, code: false },
  ...given,
});

/** How the made-up office answers; may be changed while a page is open. */
export interface Office {
  door: Partial<Door>;
  /** The answer to each presentation; null leaves it without one. */
  verdict: (code: string) => Shown | null;
  /** The gate that the machine is and its refusal of everything else, once it lets nobody in any more. */
  ended: { code: string; waiting: number } | null;
  /** Whether the machine is this gate and nothing else. */
  own: boolean;
  /** What was sent, path and body. */
  sent: { path: string; body: Record<string, unknown> }[];
}

/** Answers a page's questions in place of the office. */
export async function answerGate(page: Page): Promise<Office> {
  const office: Office = { door: {}, verdict: () => shown(), ended: null, own: false, sent: [] };
  const json = (route: Route, body: unknown, status = 200) =>
    route.fulfill({
      status,
      contentType: status < 400 ? "application/json" : "application/problem+json",
      body: JSON.stringify(body),
    });
  const refuse = (route: Route, status: number, code: string) =>
    json(route, { type: "about:blank", status, code, detail: code }, status);
  await page.route("**/api/**", async (route) => {
    const request = route.request();
    const { pathname } = new URL(request.url());
    const body = (request.postDataJSON() ?? {}) as Record<string, unknown>;
    if (request.method() === "POST") office.sent.push({ path: pathname, body });
    const path = pathname.replace(BALL, "ID");
    const now = Date.now();
    if (path === "/api/auth/me") {
      return json(route, {
        account: { id: "5eed0002", email: "ada@example.org", name: "Ada Almgren", role: "organizer", status: "active", created_at: 0 },
        may: ["own_account", "read_events", "scan"],
        at_desk: false,
        gate:
          office.own || office.ended !== null
            ? { device: uuid(1), event: BALL, name: "Main door", waiting: office.ended?.waiting ?? 0 }
            : null,
      });
    }
    if (path === "/api/health") return json(route, { status: "ok", version: "0.1.0", workspace: "Harbour Society", accounts: true });
    if (office.ended !== null) return refuse(route, 409, office.ended.code);
    if (path === "/api/events") {
      const other = { kind: "one_time", status: "published", handed_over_at: null };
      return json(route, {
        items: [
          { ...other, id: BALL, title: "Harbour Ball", starts_at: now, ends_at: now + 14_400_000 },
          { ...other, id: uuid(2), title: "Spring Concert", starts_at: now + 9 * 86_400_000, ends_at: now + 9 * 86_400_000 + 7_200_000 },
        ],
      });
    }
    if (path === "/api/events/ID/changes") return json(route, { seq: 1, tags: [] });
    if (path === "/api/events/ID/door") return json(route, doorOf(office.door));
    if (path === "/api/events/ID/door/search") return json(route, { items: found });
    if (path.startsWith("/api/events/ID/door/party/")) return json(route, { number: "INV-0010", label: "Family Almgren", items: found.slice(0, 3) });
    if (path.startsWith("/api/events/ID/door/photos/")) {
      return route.fulfill({ status: 200, contentType: "image/png", body: logo(240, 240) });
    }
    if (path === "/api/events/ID/scans") {
      const answer = office.verdict(String(body["code"]));
      return answer === null ? route.abort() : json(route, answer);
    }
    if (path === "/api/events/ID/door/admit") {
      const tickets = body["tickets"] as string[];
      return json(route, {
        items: tickets.map((ticket) => {
          const one = found.find((guest) => guest.ticket === ticket);
          const given = { ticket, name: one?.name ?? null, number: one?.number ?? null, seat: one?.seat ?? null };
          return one?.inside === true ? refused("used", { ...given, first_used_at: now - 900_000, first_used_gate: "Side door" }) : shown(given);
        }),
      });
    }
    if (path.endsWith("/undo")) return json(route, shown({ verdict: "undone", code: "undone", undo_until: null }));
    if (path.endsWith("/force")) {
      return body["pin"] === "2468" ? json(route, shown({ code: "forced" })) : refuse(route, 403, "pin_wrong");
    }
    if (path.endsWith("/door-pin/check")) {
      return body["pin"] === "2468" ? route.fulfill({ status: 204 }) : refuse(route, 403, "pin_wrong");
    }
    return refuse(route, 404, "nothing_here");
  });
  return office;
}
