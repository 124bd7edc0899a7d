import { act, createEvent, fireEvent, screen } from "@testing-library/react";
import { vi } from "vitest";
import type { Door, Found } from "../api/gate";
import type { Shown } from "../shared/verdict";
import { answer, EVENT, me, open, summary } from "./office";

export const TICKET = "5eed0001-0000-8000-9000-000000000007";
export const GATE = "5eed0001-0000-8000-8100-000000000001";
export const CODE = "eyJhbGciOiJSUzI1NiJ9.eyJqdGkiOiI1ZWVkIn0.c2lnbmF0dXJl";

export const shown = (given: Partial<Shown> = {}): Shown => ({
  scan: "5eed0001-0000-8000-9000-0000000000aa",
  at: Date.now(),
  verdict: "admitted",
  code: "admitted",
  attention: false,
  mode: "home",
  status: "SUCCESS",
  message: "",
  ticket: TICKET,
  number: 7,
  name: "Jiří Novák",
  ticket_type: "VIP",
  colour: 1,
  seat: null,
  zone: null,
  note: null,
  language: null,
  first_time: false,
  party: null,
  first_used_at: null,
  first_used_gate: null,
  doors_at: null,
  rule: null,
  rule_message: null,
  questions: [],
  undo_until: null,
  badge: false,
  photo: false,
  ...given,
});

export const refused = (code: string, given: Partial<Shown> = {}) => shown({ verdict: "refused", code, ...given });

export const door: Door = {
  event: { id: EVENT, title: "Winter Gala", time_zone: "Europe/Vienna" },
  gate: { id: GATE, name: "Main door", zone: null, session: null, direction: "entry", may_turn: true },
  counts: { inside: 28, capacity: 60, expected: 60, admitted: 30, refused: 2, last_minute: 3 },
  recent: [],
  waiting: 0,
  mode: "home",
  clock_ms: Date.now(),
  clock_set_ms: 0,
  kiosk: false,
  walk_ins: false,
  ticket_types: ["Standard", "VIP"],
  walk_ins_left: null,
  spare_places: 0,
  questions: [],
  pin_set: true,
  welcome: null,
  office: null,
  peers: null,
  badge: { kind: "nothing", paper: "card", ticket_types: [], at_once: false, code: false },
};

export const guests: Found[] = ["Jiří Novák", "Eva Nováková", "Jan Novák"].map((name, n) => ({
  ticket: `5eed0001-0000-8000-9000-00000000000${n}`,
  number: n + 1,
  name,
  unnamed: false,
  ticket_type: "VIP",
  colour: 1,
  seat: null,
  invitation: "INV-0001",
  party_label: "Family Novák",
  members: 3,
  inside: n === 2,
  status: "active",
  note: null,
}));

export interface Sent {
  path: string;
  body: Record<string, unknown>;
}

/** The office's answers at a door, besides those that it gives everywhere. */
export function doorAnswers(given: {
  door?: Partial<Door>;
  verdicts?: (body: Sent["body"]) => Shown | number;
  search?: (text: string) => Found[] | Promise<Found[]>;
  byHand?: "asks" | "silent";
  /** Whether the machine is this gate and nothing else. */
  own?: boolean;
  /** Whether the gate can't be read. */
  unread?: boolean;
}): Sent[] {
  const now = Date.now();
  answer({ may: [...me.may, "scan"], events: [{ ...summary, starts_at: now, ends_at: now + 3_600_000 }] });
  const usual = globalThis.fetch;
  const sent: Sent[] = [];
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), { status, headers: { "content-type": "application/json" } });
  const refuse = (status: number, code: string) => json({ type: "about:blank", status, code, detail: code }, status);
  const own = { device: GATE, event: EVENT, name: "Main door", waiting: 0 };
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace(EVENT, "ID");
    if (given.own === true && path === "/api/auth/me") return json({ ...me, may: [...me.may, "scan"], gate: own });
    if (request.method === "POST" && path.startsWith("/api/events/ID/")) {
      const body = (await request.clone().json()) as Record<string, unknown>;
      sent.push({ path, body });
      if (path.endsWith("/force")) return body["pin"] === "2468" ? json(shown({ code: "forced" })) : refuse(403, "pin_wrong");
      if (path.endsWith("/undo")) return body["pin"] === "2468" ? json(shown({ verdict: "undone", code: "undone", scan: path.split("/").at(-2) ?? "" })) : refuse(409, "undo_too_late");
      if (path.endsWith("/door-pin/check")) return body["pin"] === "2468" ? new Response(null, { status: 204 }) : refuse(403, "pin_wrong");
      if (path.endsWith("/door/admit")) {
        const asks = given.byHand === "asks" && body["answered"] !== true;
        const said = (ticket: string) =>
          asks ? refused("questions_open", { ticket, attention: true, questions: ["Any allergies?"] }) : shown({ ticket, scan: ticket, name: guests.find((guest) => guest.ticket === ticket)?.name ?? null, undo_until: now + 60_000 });
        const answers = given.byHand === "silent" ? given.verdicts?.(body) : undefined;
        return typeof answers === "number" ? refuse(answers, "busy") : json({ items: (body["tickets"] as string[]).map(said) });
      }
      const said = given.verdicts?.(body) ?? shown();
      return typeof said === "number" ? refuse(said, "event_handed_over") : json(said);
    }
    switch (path) {
      case "/api/events/ID/door":
        if (given.unread === true) return refuse(503, "busy");
        return json({ ...door, clock_ms: Date.now(), ...given.door });
      case "/api/events/ID/door/search":
        return json({ items: (await given.search?.(new URL(request.url).searchParams.get("q") ?? "")) ?? guests });
      case `/api/events/ID/door/party/${guests[0]?.ticket}`:
        return json({ number: "INV-0001", label: "Family Novák", items: guests });
      case "/api/events/ID/changes":
        return json({ seq: 1, tags: [] });
      default:
        return usual(request);
    }
  });
  return sent;
}

/** Types as a scanner does: a key every five milliseconds, however busy this machine is. */
export const scan = (code = CODE) =>
  act(() => {
    const begun = performance.now();
    [...code, "Enter"].forEach((key, place) => {
      const press = createEvent.keyDown(document.body, { key });
      Object.defineProperty(press, "timeStamp", { value: begun + place * 5 });
      fireEvent(document.body, press);
    });
  });

export const press = (key: string, more: object = {}) => act(() => void fireEvent.keyDown(document.activeElement ?? document.body, { key, ...more }));

/** Opens the gate, and waits until it is read. */
export async function atGate() {
  await open("/gate");
  await screen.findByText(/28 \/ 60/);
}
