import { act, fireEvent, screen, waitFor, within } from "@testing-library/react";
import { describe, expect, it, vi } from "vitest";
import type { Me } from "../api";
import type { Decided, Device, EntryRule } from "../api/gates";
import { MANAGE_GATES } from "../api/useAllowed";
// Loaded ahead: its first import may take longer than a test waits for a screen.
import "../features/gates/Gates";
import en from "../locales/en.json";
import { platform } from "../platform";
import { answer, EVENT, me, open } from "./office";

const at = (section: string) => `/events/${EVENT}/gates?section=${section}`;
const MAY: Me["may"] = [...me.may, "scan", "plan_events", MANAGE_GATES];
const ID = (n: number) => `5eed0001-0000-8000-8100-00000000000${n}`;

const gate: Device = {
  id: ID(1),
  name: "Quay gate",
  kind: "gate",
  spare_of: null,
  status: "active",
  created_at: Date.now() - 3_600_000,
  expires_at: null,
  revoked_at: null,
  last_seen_at: Date.now(),
  last_synced_at: null,
  online: true,
  pending: 2,
  zone: null,
  session: null,
  direction: "entry",
  may_turn: true,
  info: { model: "", osVersion: "", appVersion: "" },
  settings: { offline_mode: true, sync_interval_minutes: 1, max_offline_hours: null },
  scans: 4,
  admitted: 3,
};

interface Told {
  method: string;
  path: string;
  body: unknown;
  version: string | null;
}

/** The desk of `office.tsx`, with answers for gates; what was sent there, in order. */
function answerForGates(
  answers: Record<string, (told: Told) => unknown>,
  may: Me["may"] = MAY,
): Told[] {
  answer({ may });
  const office = globalThis.fetch;
  const told: Told[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const path = new URL(request.url).pathname.replace(EVENT, "ID");
    const known = answers[`${request.method} ${path}`];
    if (known === undefined) return office(request);
    const text = await request.clone().text();
    const one = {
      method: request.method,
      path,
      body: text === "" ? null : (JSON.parse(text) as unknown),
      version: request.headers.get("if-match"),
    };
    told.push(one);
    const body = known(one);
    if (body instanceof Response) return body;
    return new Response(JSON.stringify(body), {
      headers: { "content-type": "application/json", etag: '"7"' },
    });
  });
  return told;
}

const refuse = (status: number, code: string) =>
  new Response(JSON.stringify({ type: "about:blank", status, code, detail: code }), {
    status,
    headers: { "content-type": "application/problem+json" },
  });

const USUAL = {
  "GET /api/events/ID/devices": () => ({ items: [gate] }),
  "GET /api/events/ID/alerts": () => ({ items: [] }),
  "GET /api/network": () => ({ available: true, on: false, port: 8443, addresses: [], fingerprint: "00" }),
};

describe("the gates of an event", () => {
  it("are no place for those who neither scan nor manage them", async () => {
    answerForGates(USUAL, me.may);
    await open(`/events/${EVENT}/overview`);
    const places = await screen.findByRole("navigation", { name: "Places" });
    expect(within(places).queryByText(en.place.gates)).toBeNull();
    expect(within(places).getByText(en.place.tickets)).toBeTruthy();
  });

  it("show those who only scan who is inside and the paper list", async () => {
    answerForGates({ ...USUAL, "GET /api/events/ID/door": () => refuse(500, "later") }, [...me.may, "scan"]);
    await open(at("devices"));
    const tabs = await screen.findByRole("navigation", { name: en.place.gates });
    expect(within(tabs).getAllByRole("link").map((link) => link.textContent)).toEqual([
      en.gates.section.live,
      en.gates.section.paper,
    ]);
  });

  it("say which gates are there and what waits on them", async () => {
    answerForGates(USUAL);
    await open(at("devices"));
    const row = (await screen.findByText("Quay gate")).closest('[role="row"]');
    expect(row?.textContent).toContain("online");
    expect(row?.textContent).toContain(en.gates.mainEntrance);
  });
});

describe("a device that is chosen", () => {
  it("shows its last scans, though its key is with itself alone", async () => {
    const line = { scan: "s1", at: Date.now(), gate: gate.name, direction: "entry", verdict: "admitted", code: "admitted" };
    const holder = { name: "Ada Almgren", number: 7, ticket_type: "VIP", ticket: null };
    answerForGates({
      ...USUAL,
      "GET /api/events/ID/door": () => refuse(409, "device_elsewhere"),
      [`GET /api/events/ID/devices/${gate.id}/door`]: () => ({
        counts: { inside: 3, capacity: null, expected: 9, admitted: 3, refused: 1, last_minute: 0 },
        recent: [{ ...line, ...holder, undone: false, undo_until: null, badge: false }],
      }),
    });
    await open(at("devices"));
    fireEvent.click(await screen.findByText("Quay gate"));
    expect(await screen.findByText(/Ada Almgren/u)).toBeTruthy();
  });
});

describe("scans that somebody carries here", () => {
  const phone: Device = { ...gate, id: ID(2), name: "Usher’s phone", kind: "browser", status: "revoked" };
  const scan = (n: number) => ({ nonce: `n${n}`, ticketId: ID(9), scannedAt: "2026-12-05T18:30:00Z", verdict: "admitted" });
  const choose = (text: string) =>
    vi.spyOn(platform(), "pickFile").mockResolvedValue(new File([text], "scans.json", { type: "application/json" }));
  const bring = async () => {
    await open(at("devices"));
    fireEvent.click(await screen.findByText(phone.name));
    fireEvent.click(await screen.findByRole("button", { name: en.gates.bring.go }));
  };
  const answers = {
    ...USUAL,
    "GET /api/events/ID/devices": () => ({ items: [gate, phone] }),
    [`POST /api/devices/${phone.id}/scans`]: ({ body }: Told) => ({
      syncResults: (body as { scans: { nonce: string }[] }).scans.map(({ nonce }) => ({
        ...{ nonce, ticketId: ID(9), message: "", originalScanTime: null, originalScanner: null },
        status: nonce === "n7" ? "DUPLICATE" : "SUCCESS",
      })),
    }),
  };

  it("are taken piece by piece, and it is said what became of them", async () => {
    const told = answerForGates(answers);
    choose(JSON.stringify({ scannerId: phone.id, scans: Array.from({ length: 130 }, (_, n) => scan(n)) }));
    await bring();
    expect(await screen.findByText("130 scans were brought in: 129 good, 1 refused.")).toBeTruthy();
    const sent = told.filter(({ method }) => method === "POST").map(({ body }) => (body as { scans: unknown[] }).scans.length);
    expect(sent).toEqual([100, 30]);
  });

  it.each([
    ["of another device", JSON.stringify({ scannerId: gate.id, scans: [scan(1)] }), en.gates.bring.other],
    ["that are none", '{"scans": []}', en.gates.bring.none],
    ["in no file of ours", "%PDF-1.7", en.gates.bring.none],
  ])("are not taken %s", async (_, text, said) => {
    const told = answerForGates(answers);
    choose(text);
    await bring();
    expect(await screen.findByText(said)).toBeTruthy();
    expect(told.filter(({ method }) => method === "POST")).toEqual([]);
  });

  it("say so where the office refuses, and nobody brings them to a gate", async () => {
    answerForGates({ ...answers, [`POST /api/devices/${phone.id}/scans`]: () => refuse(409, "made_up") });
    choose(JSON.stringify({ scans: [scan(1)] }));
    await bring();
    expect(await screen.findByText(/Not all scans were brought in: made_up/u)).toBeTruthy();
    fireEvent.click(await screen.findByText(gate.name));
    await waitFor(() => expect(screen.queryByRole("button", { name: en.gates.bring.go })).toBeNull());
  });
});

describe("a scanner's link", () => {
  it("is listed until somebody opens it, and can be taken back", async () => {
    let items = [{ id: "ab", name: "Usher’s phone", created_at: Date.now(), expires_at: Date.now() + 3_600_000 }];
    const told = answerForGates({
      ...USUAL,
      "GET /api/events/ID/scanner-links": () => ({ items }),
      "DELETE /api/events/ID/scanner-links/ab"() {
        items = [];
        return new Response(null, { status: 204 });
      },
    });
    await open(at("devices"));
    fireEvent.click(await screen.findByRole("button", { name: en.gates.link.add }));
    fireEvent.click(await screen.findByRole("button", { name: `${en.gates.link.end}: Usher’s phone` }));
    await waitFor(() => expect(screen.queryByText(en.gates.link.open)).toBeNull());
    expect(told.some(({ method }) => method === "DELETE")).toBe(true);
  });
});

describe("a device that is added", () => {
  it("is shown once it registered", async () => {
    let used = false;
    const told = answerForGates({
      ...USUAL,
      "POST /api/registration-tokens/generate": () => ({
        token: "t1",
        qrText: "gatehouse://enrol?token=t1",
        expiresAt: new Date(Date.now() + 300_000).toISOString(),
        validityMinutes: 5,
      }),
      "GET /api/registration-tokens/t1": () => ({
        used,
        scannerId: used ? gate.id : null,
        scannerName: used ? gate.name : null,
        expiresAt: "",
      }),
    });
    await open(at("devices"));
    fireEvent.click(await screen.findByRole("button", { name: en.gates.add }));
    expect(await screen.findByText(en.gates.networkOff)).toBeTruthy();
    fireEvent.click(await screen.findByRole("button", { name: en.gates.adding.make }));
    expect(await screen.findByText(en.gates.adding.waiting)).toBeTruthy();
    expect(screen.getByRole("timer").textContent).toMatch(/^(5:00|4:5\d)$/);
    expect(told.find(({ method }) => method === "POST")?.body).toEqual({
      kind: "gate",
      zone: null,
      session: null,
      direction: "entry",
      mayTurn: true,
      validityMinutes: 5,
      eventId: EVENT,
    });
    used = true;
    expect(await screen.findByText(/“Quay gate” is registered/)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: en.gates.adding.show }));
    expect(await screen.findByRole("complementary", { name: "Quay gate" })).toBeTruthy();
  });

  it("gets a new code when the time of the first is over", async () => {
    let made = 0;
    answerForGates({
      ...USUAL,
      "POST /api/registration-tokens/generate"() {
        made += 1;
        return {
          token: `t${made}`,
          qrText: `gatehouse://enrol?token=t${made}`,
          expiresAt: "",
          validityMinutes: made === 1 ? 0 : 5,
        };
      },
      "GET /api/registration-tokens/t2": () => ({ used: false, scannerId: null, scannerName: null, expiresAt: "" }),
    });
    await open(at("devices"));
    fireEvent.click(await screen.findByRole("button", { name: en.gates.add }));
    fireEvent.click(await screen.findByRole("button", { name: en.gates.adding.make }));
    expect(await screen.findByText(en.gates.adding.over)).toBeTruthy();
    expect(screen.queryByText(en.gates.adding.waiting)).toBeNull();
    fireEvent.click(screen.getByRole("button", { name: en.gates.adding.again }));
    expect(await screen.findByText(en.gates.adding.waiting)).toBeTruthy();
    expect(screen.getByText('gatehouse gate --data gate --enrol "gatehouse://enrol?token=t2" --source camera')).toBeTruthy();
  });
});

describe("a rule", () => {
  const rule = (title: string): EntryRule => ({
    title,
    logic: { "<": [{ var: "entries.today" }, 2] },
    enabled: true,
    message: null,
  });

  it("is written back in its place, though others added one before it meanwhile", async () => {
    let rules = [rule("Twice a day")];
    const told = answerForGates({
      ...USUAL,
      "GET /api/events/ID/entry-rules": () => ({ items: rules }),
      "PUT /api/events/ID/entry-rules"({ body }) {
        rules = (body as { items: EntryRule[] }).items;
        return { items: rules };
      },
    });
    await open(`${at("rules")}&open=0`);
    const pane = await screen.findByRole("complementary", { name: "Twice a day" });
    rules = [rule("Nobody on Mondays"), rule("Twice a day")];
    fireEvent.click(within(pane).getByRole("switch", { name: en.gates.rules.enabled }));
    fireEvent.click(within(pane).getByRole("button", { name: en.save }));
    await waitFor(() => expect(told.some(({ method }) => method === "PUT")).toBe(true));
    const put = told.find(({ method }) => method === "PUT");
    expect(put?.version).toBe('"7"');
    expect(put?.body).toEqual({
      items: [rule("Nobody on Mondays"), { ...rule("Twice a day"), enabled: false }],
    });
  });

  it("can't be added before it says what holds", async () => {
    const told = answerForGates({ ...USUAL, "GET /api/events/ID/entry-rules": () => ({ items: [] }) });
    await open(`${at("rules")}&open=new`);
    const pane = await screen.findByRole("complementary", { name: en.gates.rules.add });
    const add = within(pane).getByRole<HTMLButtonElement>("button", { name: en.gates.rules.add });
    fireEvent.change(within(pane).getByLabelText(en.gates.rules.title), { target: { value: "Once" } });
    expect(within(pane).getByText("Everyone may enter once a day.")).toBeTruthy();
    expect(add.disabled).toBe(false);
    fireEvent.click(within(pane).getByRole("button", { name: en.gates.rules.removeLimit }));
    expect(await within(pane).findByText(en.gates.rules.lack.no_limit)).toBeTruthy();
    expect(add.disabled).toBe(true);
    expect(told.some(({ method }) => method === "PUT")).toBe(false);
  });
});

describe("the check before doors", () => {
  it("says which gate read a ticket and when, or how to try one", async () => {
    let params: Record<string, unknown> = {};
    answer({ may: MAY });
    const usual = globalThis.fetch;
    vi.stubGlobal("fetch", async (request: Request) => {
      if (!new URL(request.url).pathname.endsWith("/preflight")) return usual(request);
      const state = "gate" in params ? "ok" : "warning";
      const items = [{ code: "test_ticket", state, params }];
      return new Response(JSON.stringify({ ready: true, items }), { headers: { "content-type": "application/json" } });
    });
    open(at("ready"));
    expect(await screen.findByText(en.gates.ready.mend.test_ticket)).toBeTruthy();
    params = { gate: "Quay gate", at: Date.UTC(2026, 10, 21, 15, 30) };
    fireEvent.click(screen.getByRole("button", { name: en.gates.ready.again }));
    expect(await screen.findByText(/Quay gate/u)).toBeTruthy();
    expect(screen.queryByText(en.gates.ready.mend.test_ticket)).toBeNull();
  });
});

describe("letting in from the paper list", () => {
  it("asks in chunks, sends a lost chunk again under its own name, and says each result", async () => {
    const chunks: { tickets: string[]; nonce: string }[] = [];
    answerForGates({
      ...USUAL,
      "GET /api/events/ID/tickets": () => ({
        items: Array.from({ length: 60 }, (_, n) => ({
          id: `t${n + 1}`,
          number: n + 1,
          name: `Guest ${n + 1}`,
          ticket_type: "Standard",
          seat: null,
          status: n === 2 ? "voided" : "active",
          life_line: { checked_in: n === 1 ? 1 : null },
        })),
        next: null,
      }),
      "POST /api/events/ID/door/admit"({ body }) {
        const chunk = body as { tickets: string[]; nonce: string };
        chunks.push(chunk);
        if (chunks.length === 1) return refuse(503, "away");
        const items: Decided[] = chunk.tickets.map((ticket) => ({
          scan: ticket,
          verdict: ticket === "t4" ? "refused" : "admitted",
          code: ticket === "t4" ? "zone_full" : "admitted",
          message: "",
          ticket,
        }));
        return { items };
      },
    });
    await open(at("paper"));
    fireEvent.change(await screen.findByLabelText(en.gates.paper.numbers), { target: { value: "1–62" } });
    fireEvent.click(screen.getByRole("button", { name: "Add 62" }));
    expect(await screen.findByText("No ticket has these numbers: 61–62")).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Let 58 in" }));
    expect(await screen.findByText("57 of 58 let in")).toBeTruthy();
    expect(chunks.map(({ tickets }) => tickets.length)).toEqual([50, 50, 8]);
    expect(chunks[1]).toEqual(chunks[0]);
    expect(chunks[2]?.nonce).not.toBe(chunks[1]?.nonce);
    expect(chunks[0]).toMatchObject({ answered: true });
    expect(chunks.flatMap(({ tickets }) => tickets)).not.toContain("t2");
    const line = (name: string) => screen.getByText(name).closest('[role="row"]')?.textContent;
    expect(line("Guest 1")).toContain(en.verdict.admitted);
    expect(line("Guest 2")).toContain(en.gates.paper.cameAlready);
    expect(line("Guest 3")).toContain("stays out");
    expect(line("Guest 4")).toContain(en.verdict.zone_full);
    expect(screen.getByRole<HTMLButtonElement>("button", { name: "Let 0 in" }).disabled).toBe(true);
  });

  it("ticks nobody before the answer to what was typed is there", async () => {
    let answered = false;
    answerForGates({
      ...USUAL,
      "GET /api/events/ID/door/search"() {
        answered = true;
        return {
          items: [
            {
              ticket: "t1",
              number: 1,
              name: "Ada Almgren",
              unnamed: false,
              ticket_type: "Standard",
              colour: 0,
              seat: null,
              invitation: "INV-0001",
              inside: false,
              status: "active",
            },
          ],
        };
      },
    });
    await open(at("paper"));
    const field = await screen.findByRole("combobox", { name: en.gates.paper.search });
    fireEvent.change(field, { target: { value: "ada" } });
    fireEvent.keyDown(field, { key: "Enter" });
    expect(screen.queryByRole("grid")).toBeNull();
    await waitFor(() => expect(answered).toBe(true));
    expect(await screen.findByRole("option", { name: /Ada Almgren/ })).toBeTruthy();
    act(() => void fireEvent.keyDown(field, { key: "Enter" }));
    const grid = await screen.findByRole("grid");
    expect(within(grid).getByText("Ada Almgren")).toBeTruthy();
    expect((field as HTMLInputElement).value).toBe("");
  });
});

describe("alerts at the gates", () => {
  it("are one line of the overview, and are settled with a note", async () => {
    let resolved_at: number | null = null;
    const told = answerForGates({
      ...USUAL,
      "GET /api/events/ID/alerts": () => ({
        items: [
          {
            id: "a1",
            kind: "silent",
            device: gate.id,
            device_name: gate.name,
            at: Date.now(),
            ticket: null,
            number: null,
            text: "",
            resolved_at,
            note: resolved_at === null ? null : "Plugged in again",
          },
        ],
      }),
      "POST /api/alerts/a1/resolve"() {
        resolved_at = Date.now();
        return new Response(null, { status: 204 });
      },
      "GET /api/events/ID/door": () => ({
        gate: { id: null, name: "", zone: null },
        counts: { inside: 28, capacity: 60, expected: 70, admitted: 30, refused: 2, last_minute: 0 },
        recent: [],
      }),
    });
    await open(`/events/${EVENT}/overview`);
    expect(await screen.findByText("1 alert at the gates")).toBeTruthy();
    fireEvent.click(screen.getByRole("link", { name: en.gates.alerts.look }));
    const figure = await screen.findByText(/^28/);
    expect(figure.textContent).toBe("28 / 60");
    fireEvent.click(await screen.findByRole("button", { name: /^Settle: Quay gate/ }));
    fireEvent.change(screen.getByLabelText(en.gates.alerts.note), { target: { value: "Plugged in again" } });
    fireEvent.click(screen.getByRole("button", { name: en.gates.alerts.resolve }));
    expect(await screen.findByText(en.gates.alerts.none)).toBeTruthy();
    fireEvent.click(screen.getByRole("button", { name: "Show 1 settled" }));
    expect(screen.getByText("Plugged in again")).toBeTruthy();
    expect(told.find(({ method }) => method === "POST")?.body).toEqual({ note: "Plugged in again" });
  });
});
