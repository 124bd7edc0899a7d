import { IDBFactory } from "fake-indexeddb";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Json } from "../judge/logic";
import { Keep } from "../keep/keep";
import { tokenOf } from "../keep/links";
import type { Device, List, QueuedScan } from "../keep/types";
import { foreignText } from "../../shared/foreignCodes";
import { leaveAlone } from "./alone";
import { bringUpToDate } from "./guestList";
import { begin, HOUR, keepOf, list, NOW, type Office, openOffice, other, ours, SCANNER, settings, TOKEN } from "./playedOffice";
import { Scanner } from "./scanner";
import { BATCH, lastBatch, noticesOf, settledBy, waitAfter } from "./sending";

/** No test depends on how fast a machine is: what never comes is waited for, what comes is not. */
const SLOW = { timeout: 20_000 };

let office: Office;

beforeEach(() => {
  office = openOffice();
});

afterEach(() => {
  vi.useRealTimers();
});

describe("alone", () => {
  it("admits a ticket once, keeps the scan, and sends it later", async () => {
    const scanner = await begin();
    expect(scanner.view().counts).toEqual({ came: 0, expected: 2 });
    office.away = true;
    const first = await scanner.present(ours.compact);
    expect(first).toMatchObject({
      shown: { verdict: "admitted", mode: "alone", name: "Zoë Ŝlâpfer-O’Neill", number: 1, first_time: true, note: "birthday" },
    });
    expect(scanner.view()).toMatchObject({ online: false, waiting: 1, counts: { came: 1, expected: 2 } });
    const again = await scanner.present(ours.jwt);
    expect(again).toMatchObject({ shown: { code: "used", first_used_at: NOW, first_used_gate: "Front door" } });

    office.away = false;
    await scanner.sync();
    const sent = office.asked.findLast(({ path }) => path.endsWith("/sync"))?.body["scans"] as QueuedScan[];
    expect(sent.map(({ verdict, code, ticketId }) => [verdict, code, ticketId])).toEqual([
      ["admitted", "admitted", ours.ticket],
      ["refused", "used", ours.ticket],
    ]);
    expect(JSON.stringify(sent)).not.toContain("Zoë");
    expect(scanner.view()).toMatchObject({ online: true, waiting: 0 });
  });

  it("is on disk before it is shown, and is there after the page was opened anew", async () => {
    const scanner = await begin();
    office.away = true;
    const outcome = await scanner.present(ours.compact);
    const keep = await keepOf();
    const [scan] = await keep.waiting(10);
    expect("shown" in outcome && outcome.shown.scan).toBe(scan?.nonce);
    const reopened = await Scanner.recall(TOKEN);
    expect(reopened?.view()).toMatchObject({ waiting: 1, counts: { came: 1 } });
    expect(reopened?.view().lines[0]).toMatchObject({ code: "admitted", number: 1 });
    expect(await reopened?.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
  });

  it("shows nothing that could not be written down", async () => {
    const scanner = await begin();
    office.away = true;
    vi.spyOn(Keep.prototype, "record").mockRejectedValueOnce(new DOMException("full", "QuotaExceededError"));
    await expect(scanner.present(ours.compact)).rejects.toThrow("full");
    expect(scanner.view()).toMatchObject({ writable: false, waiting: 0, counts: { came: 0 } });
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    expect(scanner.view().writable).toBe(true);
  });

  it("counts a ticket as used that the office saw come in", async () => {
    office.answers["roster"] = () => {
      const [first, ...rest] = list().tickets;
      const row = [...(first ?? [])] as unknown[];
      row[8] = NOW - 60_000;
      return [200, { ...list(), tickets: [row, ...rest] }];
    };
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({
      shown: { code: "used", first_used_at: NOW - 60_000, first_used_gate: null },
    });
  });

  it("refuses what is not ours without asking anybody", async () => {
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present("https://example.org")).toMatchObject({ shown: { code: "malformed", ticket: null } });
    // Another kind of code admits nobody, whatever it says.
    const aztec = foreignText({ format: "Aztec", text: ours.compact });
    expect(await scanner.present(aztec)).toMatchObject({ shown: { code: "malformed", ticket: null } });
    expect(await scanner.present(other.compact)).toMatchObject({ shown: { code: "unknown_key" } });
    expect(scanner.view().waiting).toBe(0);
  });

  it("decides nothing without a list", async () => {
    office.answers["roster"] = () => [500, {}];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toEqual({ undecided: true });
  });

  it("decides nothing where it may not", async () => {
    const scanner = await begin({ offlineModeEnabled: false });
    office.answers["sync"] = () => [200, { syncResults: [], settings: { ...settings, offlineModeEnabled: false }, serverTime: "" }];
    await scanner.sync();
    office.away = true;
    expect(await scanner.present(ours.compact)).toEqual({ undecided: true });
  });

  it("leaves by the way out, and comes back where the event lets it", async () => {
    office.answers["roster"] = () => [200, { ...list(), event: { ...list().event, re_entry: "after_exit" } }];
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
    scanner.turn("exit");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { verdict: "exited" } });
    scanner.turn("entry");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted", first_time: false } });
  });

  it("takes an unknown ticket for missing when it is older than the list, and for new when it is younger", async () => {
    office.answers["roster"] = () => [200, { ...list(), tickets: [] }];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "unknown_ticket" } });
    vi.stubGlobal("indexedDB", new IDBFactory());
    office.away = false;
    vi.spyOn(Date, "now").mockImplementation(() => Date.parse("2026-11-21T10:00:00Z"));
    const early = await begin();
    office.away = true;
    vi.spyOn(Date, "now").mockImplementation(() => Date.parse("2026-11-21T23:30:00Z"));
    // Made after the list was fetched, so its own times count.
    expect(await early.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
  });
});

describe("how long it may be alone", () => {
  const device = (hours: number | null, heardAt: number, allowed = true) =>
    ({ settings: { ...settings, maxOfflineHours: hours, offlineModeEnabled: allowed }, heardAt }) as unknown as Device;

  it.each([
    ["just heard", 24, 0, { is: "enough" }],
    ["most of it left", 24, 19 * HOUR, { is: "enough" }],
    ["a fifth left", 24, 20 * HOUR, { is: "short", minutes: 240 }],
    ["a minute left", 24, 24 * HOUR - 60_000, { is: "short", minutes: 1 }],
    ["over", 24, 24 * HOUR, { is: "over" }],
    ["the clock was set back", 24, -HOUR, { is: "enough" }],
    ["until the event is over", null, 500 * HOUR, { is: "enough" }],
  ] as const)("%s", (_, hours, gone, leave) => {
    expect(leaveAlone(device(hours, NOW - gone), NOW)).toEqual(leave);
  });

  it("is no time at all where the office says so", () => {
    expect(leaveAlone(device(24, NOW, false), NOW)).toEqual({ is: "not_allowed" });
  });

  it("refuses when it is over, and says so", async () => {
    const scanner = await begin();
    office.away = true;
    vi.spyOn(Date, "now").mockImplementation(() => NOW + 25 * HOUR);
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { verdict: "refused", code: "offline_too_long" } });
    expect(scanner.view().waiting).toBe(0);
  });

  it("keeps nobody from leaving when it is over, nor where it may not be alone at all", async () => {
    const scanner = await begin();
    office.away = true;
    const clock = vi.spyOn(Date, "now").mockImplementation(() => NOW + 25 * HOUR);
    scanner.turn("exit");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { verdict: "exited" } });
    clock.mockImplementation(() => NOW);
    office.away = false;
    office.answers["sync"] = () => [200, { syncResults: [], settings: { ...settings, offlineModeEnabled: false }, serverTime: "" }];
    await scanner.sync();
    office.away = true;
    scanner.turn("exit");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { verdict: "exited" } });
    scanner.turn("entry");
    expect(await scanner.present(ours.compact)).toEqual({ undecided: true });
  });
});

describe("room", () => {
  it("is taken by those who never left before today's doors, and by nobody twice", async () => {
    const yesterday = NOW - 24 * HOUR;
    office.answers["roster"] = () => {
      const more = { ...list().event, re_entry: "unlimited", kind: "multi_day" };
      const [today] = list().sessions;
      const before = { ...today, id: "yesterday", doors_at: yesterday - HOUR, starts_at: yesterday, ends_at: yesterday + HOUR };
      return [200, { ...list(), event: more, sessions: [before, today] }];
    };
    office.answers["sync"] = (body) => [200, { ...(office.takes(body, "SUCCESS") as object), settings: { ...settings, room: 0 } }];
    office.answers["passages"] = () => {
      const came = { nonce: "n", direction: "entry", session: "yesterday", day: 20_261_204, zone: null, at: yesterday };
      return [200, { tickets: [{ ticket: ours.ticket, passages: [came], undone: [] }], to: "1.1", more: false }];
    };
    const scanner = await begin({ room: 0 });
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "zone_full" } });
  });
});

const shown = (code: string, verdict: string, more: object = {}) => ({
  shown: { scan: "x", at: NOW, verdict, code, attention: false, mode: "home", message: "", ticket: ours.ticket, number: 1, name: "Zoë", ticket_type: "VIP", ...more },
});

describe("with the office", () => {
  it("shows the office's verdict, refusals too, and remembers who came in", async () => {
    const scanner = await begin();
    office.answers["validate"] = () => [200, shown("admitted", "admitted")];
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted", mode: "home" } });
    const body: Record<string, unknown> = office.asked.at(-1)?.body ?? {};
    expect(body).toMatchObject({ jwt: ours.jwt, scannerId: SCANNER, direction: "entry" });
    expect(body["answered"]).toBeUndefined();
    expect(scanner.view().waiting).toBe(0);
    office.answers["validate"] = () => [400, shown("blocked", "refused")];
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "blocked" } });
    // What the office let in counts as used when it can't be asked any more.
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
  });

  it("decides by itself after a silence, with the same nonce, and does not ask for the next guest", async () => {
    const scanner = await begin();
    office.answers["validate"] = () => Promise.reject(new DOMException("too slow", "TimeoutError"));
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted", mode: "alone" } });
    const nonce = office.asked.at(-1)?.body["nonce"];
    const [scan] = await (await keepOf()).waiting(1);
    expect(scan?.nonce).toBe(nonce);
    await scanner.present(ours.compact);
    expect(office.times("/validate")).toBe(1);
  });

  it("does not take a network's sign-in page for the office", async () => {
    const scanner = await begin();
    vi.stubGlobal("fetch", async () => new Response("<html>", { status: 200, headers: { "content-type": "text/html" } }));
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { mode: "alone" } });
    expect(scanner.view().online).toBe(false);
  });

  it("says that questions were asked", async () => {
    const scanner = await begin();
    office.answers["validate"] = () => [200, shown("admitted", "admitted")];
    await scanner.present(ours.compact, true);
    expect(office.asked.at(-1)?.body["answered"]).toBe(true);
  });
});

describe("put out of standing", () => {
  it.each([
    [403, "scanner_revoked", "revoked"],
    [403, "scanner_replaced", "replaced"],
  ] as const)("%s %s wipes names and keys, and keeps unsent scans", async (status, code, standing) => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    const refuses = (): [number, unknown] => [status, { code, detail: "No more." }];
    office.answers["sync"] = refuses;
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing }, waiting: 1, lines: [], counts: null });
    const keep = await keepOf();
    expect(await keep.list()).toBeNull();
    expect(await keep.passagesOf(ours.ticket)).toEqual([]);
    expect(await keep.countWaiting()).toBe(1);
    expect(await scanner.present(ours.compact)).toEqual({ ended: standing });
  });

  it("sends the rest once the office takes it", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    const takes = office.answers["sync"];
    office.answers["sync"] = () => [403, { code: "scanner_revoked", detail: "Switched off." }];
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ untaken: "Switched off.", waiting: 1 });
    if (takes !== undefined) office.answers["sync"] = takes;
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ untaken: null, waiting: 0, device: { standing: "revoked" } });
    expect(office.times("/roster")).toBe(1);
  });

  it("is told by the answer to the scans that it brought, and forgets then", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    const takes = office.answers["sync"];
    office.answers["sync"] = async (body) => {
      const [status, answer] = (await takes?.(body)) ?? [500, {}];
      return [status, { ...(answer as object), settings: null }];
    };
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ waiting: 0, device: { standing: "revoked" }, lines: [] });
    expect(await (await keepOf()).list()).toBeNull();
    office.asked = [];
    await scanner.sync();
    expect(office.asked).toEqual([]);
  });

  it("is told by a verdict as well, and decides nothing then", async () => {
    const scanner = await begin();
    office.answers["validate"] = () => [403, { code: "scanner_revoked", detail: "" }];
    expect(await scanner.present(ours.compact)).toEqual({ ended: "revoked" });
  });
});

const queued = (n: number): QueuedScan => ({
  nonce: `nonce-${n}`,
  ticketId: `ticket-${n}`,
  scannedAt: "",
  validationMode: "OFFLINE",
  deviceTime: "",
  jwt: "x".repeat(600),
  verdict: "admitted",
  code: "admitted",
  direction: "entry",
});

describe("sending", () => {
  it("goes in batches of a hundred, the oldest first", async () => {
    const scanner = await begin();
    const keep = await keepOf();
    for (let n = 0; n < 250; n += 1) {
      const line = { scan: "", at: n, verdict: "", code: "", attention: false, name: null, number: null, ticketType: null };
      await keep.record({ line, passage: null, scan: queued(n) });
    }
    office.asked = [];
    await scanner.sync();
    const batches = office.asked.filter(({ path }) => path.endsWith("/sync")).map(({ body }) => body["scans"] as QueuedScan[]);
    expect(batches.map(({ length }) => length)).toEqual([BATCH, BATCH, 50]);
    expect(batches[0]?.[0]?.nonce).toBe("nonce-0");
    expect(await keep.countWaiting()).toBe(0);
  });

  it("keeps what the office does not speak of", async () => {
    expect(settledBy([{ ticketId: "ticket-2", nonce: "nonce-2", status: "SUCCESS", message: "" }], [queued(1), queued(2)])).toEqual(["nonce-2"]);
    const plain = [1, 2].map((n) => ({ ticketId: `ticket-${n}`, status: "SUCCESS", message: "" }));
    expect(settledBy(plain, [queued(1), queued(2)])).toEqual(["nonce-1", "nonce-2"]);
    expect(settledBy(plain.slice(0, 1), [queued(1), queued(2)])).toEqual([]);
  });

  it("waits longer after each failure, spread, and never for ever", () => {
    expect([1, 2, 3, 4].map((failures) => waitAfter(failures, () => 1))).toEqual([2_000, 4_000, 8_000, 16_000]);
    expect([1, 2].map((failures) => waitAfter(failures, () => 0))).toEqual([1_000, 2_000]);
    expect(waitAfter(1_000, () => 1)).toBe(120_000);
  });

  it("does not hammer an office that is away", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    const spy = vi.fn(office.fetch);
    vi.stubGlobal("fetch", spy);
    let now = NOW;
    vi.spyOn(Date, "now").mockImplementation(() => now);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    const stop = scanner.start();
    for (let step = 0; step < 120; step += 1) {
      now += 5_000;
      await vi.advanceTimersByTimeAsync(5_000);
      // IndexedDB answers by timers of its own.
      for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve, 0));
    }
    stop();
    // Ten minutes: a handful of tries at first, then one every two minutes at most.
    expect(spy.mock.calls.length).toBeGreaterThanOrEqual(6);
    expect(spy.mock.calls.length).toBeLessThanOrEqual(16);
  });

  it("sends what fits when the page goes away, and keeps it all the same", async () => {
    expect(lastBatch(Array.from({ length: 100 }, (_, n) => queued(n))).length).toBeLessThan(90);
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    const stop = scanner.start();
    await vi.waitFor(() => expect(scanner.view().waiting).toBe(0), SLOW);
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    office.asked = [];
    window.dispatchEvent(new Event("pagehide"));
    await vi.waitFor(() => expect(office.asked[0]).toMatchObject({ keepalive: true }), SLOW);
    stop();
    expect(await (await keepOf()).countWaiting()).toBe(1);
  });

  it("tells of guests who came in here although somebody else was first", () => {
    const scans = [queued(1), queued(2)];
    const double = { ticketId: "ticket-1", nonce: "nonce-1", status: "DUPLICATE", message: "", originalScanTime: "2026-12-05T18:00:00Z", originalScanner: "Gate B" };
    const reversal = { ...double, ticketId: "ticket-9", nonce: "nonce-9" };
    const notices = noticesOf({ syncResults: [double], pendingUpdates: [reversal] }, scans, (ticket) => Number(ticket.at(-1)), NOW);
    expect(notices.map(({ number, originalScanner }) => [number, originalScanner])).toEqual([[1, "Gate B"], [9, "Gate B"]]);
    const refused = scans.map((scan) => ({ ...scan, verdict: "refused" }));
    expect(noticesOf({ syncResults: [double] }, refused, () => 1, NOW)).toEqual([]);
  });

  it("are kept of what was taken, though the office went away before the rest", async () => {
    const scanner = await begin();
    const keep = await keepOf();
    for (let n = 0; n < BATCH + 1; n += 1) {
      const line = { scan: "", at: n, verdict: "", code: "", attention: false, name: null, number: null, ticketType: null };
      await keep.record({ line, passage: null, scan: queued(n) });
    }
    office.answers["sync"] = (body) => {
      const told = office.takes(body, "DUPLICATE");
      office.away = true;
      return [200, told];
    };
    await scanner.sync();
    expect(await keep.countWaiting()).toBe(1);
    expect(scanner.view().notices).toHaveLength(BATCH);
  });

  it("shows them until somebody has read them", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    office.answers["sync"] = (body) => [200, office.takes(body, "DUPLICATE")];
    await scanner.sync();
    expect((await Scanner.recall(TOKEN))?.view().notices).toMatchObject([{ number: 1, status: "DUPLICATE" }]);
    await scanner.dismissNotices();
    expect((await Scanner.recall(TOKEN))?.view().notices).toEqual([]);
  });
});

describe("the list", () => {
  it("takes in what changed, and a whole one in place of the old", () => {
    const whole = bringUpToDate(null, list(), NOW);
    const [row] = list().tickets;
    const voided = [...(row ?? [])] as unknown as List["tickets"][number];
    (voided as unknown as unknown[])[3] = "voided";
    const merged = bringUpToDate(whole, { ...list(), as_of: 8, complete: false, tickets: [voided] }, NOW + 1);
    expect(merged).toMatchObject({ as_of: 8, fetched_at: NOW + 1 });
    expect(merged.tickets.map((one) => one[3])).toEqual(["voided", "active"]);
    expect(bringUpToDate(merged, { ...list(), tickets: [] }, NOW).tickets).toEqual([]);
  });

  it("is kept fresh while somebody looks, and stays as it is where nothing changed", async () => {
    office.answers["roster"] = () => [200, { ...list(), tickets: Array.from({ length: 5_001 }, (_, n) => [`${n}`, n, 1, "active", 0, null, null, null, null]) }];
    const scanner = await begin();
    let now = NOW;
    vi.spyOn(Date, "now").mockImplementation(() => now);
    vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
    vi.stubGlobal("fetch", (path: string, init: RequestInit) =>
      path.includes("roster?after=") ? office.fetch(path, init).then(() => new Response(null, { status: 304 })) : office.fetch(path, init),
    );
    const stop = scanner.start();
    await scanner.sync();
    now += 61_000;
    await vi.advanceTimersByTimeAsync(5_000);
    await vi.waitFor(() => expect(office.asked.at(-1)?.path).toBe(`/api/scanners/${SCANNER}/passages?after=1.0`), SLOW);
    expect(office.asked.at(-2)?.path).toBe(`/api/scanners/${SCANNER}/roster?after=7`);
    stop();
    expect(scanner.view()).toMatchObject({ online: true, counts: { expected: 5_001 } });
  });

  it("asks the organizer's rules by itself, with what the list tells of guests", async () => {
    const press: Json = { in: [{ var: "guest.group" }, ["Press"]] };
    const rules = [{ title: "Press only", logic: press, message: "Show them the press desk." }];
    const rows = (group: string | null) => list().tickets.map((row) => [...row, { group }] as unknown);
    office.answers["roster"] = () => [200, { ...list(), rules, tickets: rows("Family") }];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({
      shown: { code: "rule_refused", rule: "Press only", rule_message: "Show them the press desk." },
    });
    office.away = false;
    office.answers["roster"] = () => [200, { ...list(), as_of: 8, rules, tickets: rows("Press") }];
    await scanner.sync();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    // Nobody is kept from leaving.
    office.away = false;
    office.answers["roster"] = () => [200, { ...list(), rules: [{ title: "Nobody", logic: false }] }];
    await scanner.sync();
    office.away = true;
    scanner.turn("exit");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "exited" } });
  });

  it("leaves a rule to the office that looks out of a list", async () => {
    const rules = [{ title: "Around", logic: { some: [["VIP"], { "==": [{ var: "" }, { val: [[1], "ticket_type"] }] }] } }];
    office.answers["roster"] = () => [200, { ...list(), rules }];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toEqual({ undecided: true });
  });

  it("leaves rules to the office that does not send them", async () => {
    office.answers["roster"] = () => [200, { ...list(), rules: 2, event: { ...list().event, re_entry: "unlimited" } }];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toEqual({ undecided: true });
    scanner.turn("exit");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { verdict: "exited" } });
  });

  it("knows the algorithm of a key by its profile", async () => {
    const [key] = list().keys;
    office.answers["roster"] = () => [200, { ...list(), keys: [{ kid: key?.kid, spki: key?.spki, profile: "rsa-2048", status: "active" }] }];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
  });

  it("asks what has to be asked, once", async () => {
    office.answers["roster"] = () => [200, { ...list(), event: { ...list().event, questions: ["Any allergies?"] } }];
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "questions_open", attention: true, questions: ["Any allergies?"] } });
    expect(await scanner.present(ours.compact, true)).toMatchObject({ shown: { code: "admitted", questions: [] } });
  });
});

describe("a link", () => {
  it.each([
    ["/scan/abcDEF-123_4", "abcDEF-123_4"],
    ["https://office.local:8443/scan/abcDEF-123_4?x=1#y", "abcDEF-123_4"],
    ["  /scan/abcDEF-123_4/ ", "abcDEF-123_4"],
    ["/scan/", null],
    ["/scan/short", null],
    ["/scan/abc.html", null],
    ["/events/abcDEF-123_4", null],
  ])("%s names %s", (address, token) => {
    expect(tokenOf(address)).toBe(token);
  });
});
