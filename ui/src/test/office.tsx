import { render } from "@testing-library/react";
import { vi } from "vitest";
import { type Edit, type EventDetails, type EventSummary, type Guest, type Invitation, type Me, session, type Task, type Ticket, type TicketDetail } from "../api";
import { App } from "../app/App";
import { makeQueries } from "../app/queries";
import { makeRouter } from "../app/router";
import { startSpeech } from "../locales";

export const EVENT = "5eed0001-0000-8000-8000-000000000001";
/** 12 December 2026, 18:02 UTC: 19:02 in Vienna, 13:02 in New York. */
export const ARRIVAL = Date.UTC(2026, 11, 12, 18, 2);

const NAMES = ["Zoë Ŝlâpfer", "Jiří Novák", "Amélie Dubois", "Lars Ødegård"];

export function guest(index: number): Guest {
  return {
    id: `5eed0001-0000-8000-8000-${index.toString().padStart(12, "0")}`,
    name: `${NAMES[index % NAMES.length]} ${index}`,
    email: `guest${index}@example.org`,
    company: index % 2 === 0 ? "Example Arts" : null,
    invitation: `INV-${(index + 1).toString().padStart(4, "0")}`,
    ticket_type: index % 5 === 0 ? "VIP" : "Standard",
    ticket: index + 1,
    status: "active",
    seat: `Table ${1 + Math.floor(index / 10)}`,
    checked_in_at: index === 0 ? ARRIVAL : null,
    group: null,
    invitation_id: null,
    ticket_id: null,
  };
}

export function ticket(number: number): Ticket {
  const holder = guest(number - 1);
  return {
    id: `5eed0001-0000-8000-9000-${number.toString().padStart(12, "0")}`,
    number,
    invitation: holder.invitation ?? "",
    party: holder.name,
    name: holder.name,
    unnamed: false,
    email: holder.email,
    company: holder.company,
    ticket_type: holder.ticket_type ?? "",
    seat: holder.seat,
    status: "active",
    member_status: holder.checked_in_at === null ? "pending" : "attended",
    version: 1,
    life_line: {
      created: ARRIVAL - 86_400_000,
      rendered: ARRIVAL - 86_000_000,
      emailed: null,
      downloaded: null,
      opened: null,
      checked_in: holder.checked_in_at,
    },
    gate: holder.checked_in_at === null ? null : "Main door",
  };
}

export const summary: EventSummary = {
  id: EVENT,
  title: "Winter Gala",
  kind: "one_time",
  status: "published",
  starts_at: ARRIVAL,
  ends_at: ARRIVAL + 14_400_000,
  time_zone: "Europe/Vienna",
  handed_over_at: null,
};

export const details: EventDetails = {
  id: EVENT,
  title: "Winter Gala",
  kind: "one_time",
  status: "published",
  organizer: "Gatehouse Arts",
  place: {
    mode: "in_person",
    venue: {
      name: "Old Customs House",
      address: "1 Quay",
      city: "Vienna",
      country: "AT",
      parking: "",
      accessibility: "",
      private: false,
    },
  },
  place_line: "Old Customs House, Vienna",
  tagline: "",
  description: "",
  category: "",
  tags: [],
  stage: "ticketed",
  capacity: null,
  visibility: "private",
  access: "open",
  settings: {
    claim_set: "slim",
    code_form: "compact",
    numbering: "sequential",
    re_entry: "single",
    companies_share: true,
    token_days_after: 30,
  },
  created_at: ARRIVAL - 90_000_000,
  handed_over_at: null,
  agenda: [],
  lacking: [],
  time_zone: "Europe/Vienna",
  currency: "EUR",
  language: "en",
  sessions: [
    {
      id: "5eed0001-0000-8000-a000-000000000001",
      title: null,
      doors_at: ARRIVAL - 3_600_000,
      starts_at: ARRIVAL,
      ends_at: ARRIVAL + 14_400_000,
      status: "scheduled",
      place: null,
      note: "",
      capacity: null,
      online_capacity: null,
      original: null,
      customized: false,
      revision: 0,
    },
  ],
  ticket_types: [
    {
      id: "5eed0001-0000-8000-b000-000000000001",
      name: "Standard",
      price_minor: 0,
      capacity: null,
      colour: 0,
      attendance: "in_person",
      scope: "event",
      template: null,
      description: "",
      benefits: [],
      min_per_person: 1,
      max_per_person: null,
      sales_from: null,
      sales_until: null,
      hidden: false,
      needs_verification: false,
      sessions: [],
      zones: [],
    },
    {
      id: "5eed0001-0000-8000-b000-000000000002",
      name: "VIP",
      price_minor: 2_500,
      capacity: 60,
      colour: 1,
      attendance: "in_person",
      scope: "event",
      template: null,
      description: "",
      benefits: [],
      min_per_person: 1,
      max_per_person: null,
      sales_from: null,
      sales_until: null,
      hidden: false,
      needs_verification: false,
      sessions: [],
      zones: [],
    },
  ],
  zones: [{ id: "5eed0001-0000-8000-c000-000000000001", name: "Lounge", description: "", capacity: null }],
  progress: { guests: 1_200, invitations: 700, tickets: 1_180, admitted: 1, voided: 3 },
  scans_by_code: [
    { code: "admitted", count: 1 },
    { code: "invalid_signature", count: 4 },
    { code: "used", count: 9 },
  ],
  keys: [{ kid: "0011223344556677", version: 1, profile: "RSA-2048", status: "active" }],
};

const invitations: Invitation[] = [
  {
    id: "5eed0001-0000-8000-d000-000000000001",
    number: "INV-0001",
    label: "Family Novák",
    kind: "family",
    members: 3,
    status: "partial",
  },
];

const edits: Edit[] = [
  {
    id: "5eed0001-0000-8000-e000-000000000002",
    sequence: 2,
    at: ARRIVAL - 80_000_000,
    actor: "owner",
    machine: "front desk",
    command: "import guests",
    reason: "gala.csv",
    undoable: true,
    undoes: null,
    undone_by: null,
  },
];

/** A file that is made as soon as it is asked for. */
export const made: Task = {
  id: "5eed0001-0000-8000-f000-000000000001",
  event: EVENT,
  kind: "print",
  step: "",
  state: "done",
  done: 1,
  total: 1,
  started_at: ARRIVAL,
  ended_at: ARRIVAL,
  problem: null,
  result: { file: "tickets.pdf", tickets: 4, pages: 1 },
};

export const me: Me = {
  account: { id: "5eed0002", email: "ada@example.org", name: "Ada Almgren", role: "organizer", status: "active", created_at: ARRIVAL - 99_000_000 },
  may: ["own_account", "read_events", "read_audit"],
  at_desk: false,
  gate: null,
};

export const PASSWORD = "correct horse";

/** An office's answers: what the path of each question is answered with. */
export interface Answers {
  guests: Guest[];
  invitations: Invitation[];
  events: EventSummary[];
  details: EventDetails;
  /** What every ticket's details say beside the usual. */
  ticket: Partial<TicketDetail>;
  /** What whoever asks may do. */
  may: Me["may"];
  /** Whether the machine vouches for whoever asks; otherwise only a token does. */
  open: boolean;
  /** Whether the cookie gets a new token. */
  cookie: boolean;
}

/** An office that answers `fetch` as the API does, page by page. */
export interface Desk {
  /** Paths asked for, in order. */
  asked: string[];
  /** Access tokens that are good. */
  tokens: Set<string>;
  answers: Answers;
}

export function answer(given: Partial<Answers> = {}): Desk {
  const answers: Answers = {
    guests: Array.from({ length: 1_200 }, (_, index) => guest(index)),
    invitations,
    events: [summary],
    details,
    ticket: {},
    may: me.may,
    open: true,
    cookie: false,
    ...given,
  };
  const desk: Desk = { asked: [], tokens: new Set(), answers };
  const json = (body: unknown, status = 200) =>
    new Response(JSON.stringify(body), {
      status,
      headers: {
        "content-type": status < 400 ? "application/json" : "application/problem+json",
      },
    });
  const refuse = (status: number, code: string) =>
    json({ type: "about:blank", status, code, detail: code }, status);
  const enter = () => {
    const token = `token ${desk.tokens.size + 1}`;
    desk.tokens.add(token);
    return json({ account: me.account, access_token: token, expires_in: 900 });
  };
  vi.stubGlobal("fetch", async (request: Request) => {
    const url = new URL(request.url);
    desk.asked.push(url.pathname + url.search);
    const limit = Number(url.searchParams.get("limit"));
    const after = url.searchParams.get("after");
    switch (url.pathname) {
      case "/api/health":
        return json({ status: "ok", version: "0.1.0", workspace: "Winter Arts", accounts: true });
      case "/api/auth/refresh":
        return answers.cookie ? enter() : refuse(401, "signed_out");
      case "/api/auth/login": {
        const { password } = (await request.json()) as { password: string };
        return password === PASSWORD ? enter() : refuse(401, "wrong_password");
      }
      case "/api/auth/logout":
        desk.tokens.clear();
        answers.cookie = false;
        return json({});
    }
    const token = request.headers.get("authorization")?.replace("Bearer ", "");
    if (!answers.open && !desk.tokens.has(token ?? "")) return refuse(401, "signed_out");
    const numbered = /^\/api\/tickets\/[0-9a-f-]{24}(\d{12})$/.exec(url.pathname);
    if (numbered !== null) {
      const detail: TicketDetail = {
        ...ticket(Number(numbered[1])),
        event_id: EVENT,
        invitation_id: "5eed0001-0000-8000-d000-000000000001",
        code_text: null,
        transferred_to: null,
        transferred_from: null,
        scans: [],
        ...answers.ticket,
      };
      return json(detail);
    }
    switch (url.pathname.replace(EVENT, "ID")) {
      case "/api/auth/me":
        return json({ ...me, may: answers.may });
      case "/api/events":
        return json({ items: answers.events });
      case "/api/events/ID":
        return json(answers.details);
      case "/api/events/ID/guests": {
        const text = (url.searchParams.get("q") ?? "").toLowerCase();
        const kept = answers.guests.filter((row) =>
          [row.name, row.invitation].some((value) => value?.toLowerCase().includes(text)),
        );
        if (url.searchParams.get("sort") === "name") kept.sort((a, b) => a.name.localeCompare(b.name));
        const found = url.searchParams.get("descending") === "true" ? kept.toReversed() : kept;
        const start = after === null ? 0 : found.findIndex((row) => row.id === after) + 1;
        const items = found.slice(start, start + limit);
        const more = start + limit < found.length;
        return json({ items, next: more ? (items.at(-1)?.id ?? null) : null, total: found.length });
      }
      case "/api/events/ID/invitations":
        return json({ items: answers.invitations, next: null });
      case "/api/events/ID/tickets": {
        const first = Number(after ?? 0) + 1;
        return json({
          items: Array.from({ length: Math.min(limit, 20) }, (_, index) => ticket(first + index)),
          next: null,
        });
      }
      case "/api/events/ID/files":
        return json(made, 202);
      case "/api/events/ID/audit":
        return json({ items: edits });
      default:
        return refuse(404, "event_unknown");
    }
  });
  return desk;
}

/** Opens the office at an address. */
export async function open(path: string) {
  window.history.replaceState(null, "", path);
  session.leave();
  await startSpeech();
  const queries = makeQueries();
  queries.setDefaultOptions({ queries: { retry: false } });
  const router = makeRouter(queries);
  return { router, ...render(<App queries={queries} router={router} />) };
}
