import { type ChildProcess, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";
import { type Entry, evening } from "./evening";

const program = process.env["GATEHOUSE_PROGRAM"];
const missing = whyNot() ?? (program === undefined ? "GATEHOUSE_PROGRAM names no program" : null);
if (missing !== null) console.error(`SKIPPED: the journey of gates that meet: ${missing}`);

interface Said {
  code?: string;
  mode?: string;
}

/** A gate's program, and the hand that types codes at it. */
class Gate {
  readonly #child: ChildProcess;
  readonly #lines: Said[] = [];
  readonly #ended: Promise<void>;

  constructor(folder: string, code: string, name: string, mesh: string) {
    const args = ["gate", "--data", join(folder, name), "--enrol", code, "--name", name, "--mesh", mesh];
    this.#child = spawn(program ?? "", [...args, "--scanner", "typed", "--json"], {
      env: { ...process.env, GATEHOUSE_KEY_DIR: join(folder, `${name} keys`) },
      stdio: ["pipe", "pipe", "inherit"],
    });
    this.#ended = new Promise((resolve) => this.#child.once("exit", () => resolve()));
    if (this.#child.stdout === null) throw new Error("the gate says nothing");
    createInterface(this.#child.stdout).on("line", (line) => this.#lines.push(JSON.parse(line) as Said));
  }

  /** Shows it a code; its verdict. */
  async show(code: string): Promise<Said> {
    const before = this.#lines.length;
    this.#child.stdin?.write(`${code}\n`);
    await expect.poll(() => this.#lines.length, { timeout: 20_000 }).toBeGreaterThan(before);
    return this.#lines[before] ?? {};
  }

  /** As a power cut does. */
  async cut(): Promise<void> {
    this.#child.kill("SIGKILL");
    await this.#ended;
  }
}

describe.skipIf(missing !== null)("gates that meet", () => {
  let browser: Browser;
  let folder: string;
  let event: string;
  let tickets: Entry[];
  const gates: Gate[] = [];
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gatehouse-mesh-"));
    browser = await startBrowser();
    const desk = await browser.newContext();
    ({ id: event, tickets } = await evening(desk.request));
    await desk.close();
  });
  afterAll(async () => {
    await Promise.all(gates.map((gate) => gate.cut()));
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const enrol = async (page: Page, name: string, mesh = "127.0.0.1:0") => {
    const wanted = { kind: "gate", zone: null, session: null, direction: "entry", validityMinutes: 5, eventId: event };
    const { qrText } = await asOwner(page.request, "POST", "/api/registration-tokens/generate", wanted);
    const gate = new Gate(folder, String(qrText), name, mesh);
    gates.push(gate);
    return gate;
  };
  const code = (n: number) => tickets[n]?.code ?? "";
  const row = (page: Page, name: string) =>
    page.getByRole("region", { name: "The office and its gates" }).getByRole("listitem").filter({ hasText: name });

  it("are seen as they come and go, and who came in twice is settled with a note", async () => {
    const { page, context, complaints } = await visit(browser, `/events/${event}/gates?section=mesh`);
    await page.getByText("No gate is registered yet.").waitFor();
    await shoot(page, "mesh-nobody");
    expect(await faults(page), "nobody").toEqual([]);

    const quay = await enrol(page, "Quay gate");
    const garden = await enrol(page, "Garden gate");
    await page.getByText("2 of 2 gates are here").waitFor({ timeout: 30_000 });
    for (const name of ["Quay gate", "Garden gate"]) {
      await row(page, name).getByText("here", { exact: true }).waitFor();
      await row(page, name).getByText("up to date").waitFor();
      await row(page, name).getByText("the same as here").waitFor();
    }

    // Gates that meet let a ticket in once.
    expect(await quay.show(code(0))).toMatchObject({ code: "admitted", mode: "mesh" });
    expect(await garden.show(code(0))).toMatchObject({ code: "used" });
    await row(page, "Quay gate").getByText("1, let in 1").waitFor();
    await page.getByText("No ticket came in twice.").waitFor();

    // One that meets nobody can't know.
    const meadow = await enrol(page, "Meadow gate", "off");
    await row(page, "Meadow gate").getByText("away", { exact: true }).waitFor();
    await page.getByText("2 of 3 gates are here").waitFor();
    // At once, before its scan has reached the office and so the others.
    const [apart, met] = await Promise.all([meadow.show(code(1)), quay.show(code(1))]);
    expect(apart).toMatchObject({ code: "admitted", mode: "alone" });
    expect(met).toMatchObject({ code: "admitted", mode: "mesh" });
    const doubles = page.getByRole("region", { name: "Came in twice" });
    const double = doubles.getByRole("listitem").filter({ hasText: tickets[1]?.name ?? "" });
    await double.waitFor({ timeout: 60_000 });
    await double.getByText("was alone").first().waitFor();
    await page.getByRole("img", { name: "1 ticket came in twice" }).waitFor();
    await shoot(page, "mesh-double");
    expect(await faults(page), "double").toEqual([]);

    await double.getByRole("button", { name: "Settle" }).press("Enter");
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await dialog.getByText("Choose what became of them.").waitFor();
    await dialog.getByLabel("Asked to leave").check();
    await dialog.getByLabel("Note").fill("A copy of the ticket; the holder was inside.");
    await page.waitForTimeout(200);
    await shoot(page, "mesh-settle");
    expect(await faults(page), "settle").toEqual([]);
    await dialog.getByLabel("Note").press("Tab");
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await page.getByText("Your note is kept").waitFor();
    await doubles.getByText("Every one of them is settled.").waitFor();
    expect(await page.getByRole("img", { name: "came in twice" }).count()).toBe(0);
    await doubles.getByRole("button", { name: "Show 1 settled" }).click();
    await double.getByText("A copy of the ticket; the holder was inside.").waitFor();

    // A later note holds; the earlier one stays.
    await double.getByRole("button", { name: "Add a note" }).click();
    await dialog.getByLabel("Let stay").check();
    await dialog.getByRole("button", { name: "Keep it" }).click();
    await double.getByText("Let stay").waitFor();
    await double.getByText("Asked to leave").waitFor();
    await shoot(page, "mesh-settled");
    expect(await faults(page), "settled").toEqual([]);

    await garden.cut();
    await row(page, "Garden gate").getByText("away", { exact: true }).waitFor({ timeout: 30_000 });
    await page.getByText("1 of 3 gates is here").waitFor();
    const { items } = await asOwner(page.request, "GET", `/api/events/${event}/devices`);
    const own = (items as { id: string; name: string }[]).find(({ name }) => name === "Quay gate");
    await asOwner(page.request, "POST", `/api/devices/${own?.id ?? ""}/revoke`, {});
    await row(page, "Quay gate").getByText("taken back").waitFor({ timeout: 30_000 });
    await page.getByText("No gate is here since").waitFor({ timeout: 30_000 });
    await row(page, "Garden gate").getByRole("button", { name: "Give its room away" }).click();
    await dialog.getByText("more people may come in than there is room for").waitFor();
    await page.waitForTimeout(200);
    await shoot(page, "mesh-room");
    await dialog.getByRole("button", { name: "Give its room away" }).click();
    await page.getByText("The room of “Garden gate” was given away.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("are said to be unmet where the office meets nobody", async () => {
    const { page, context, complaints } = await visit(browser, `/events/${event}/overview`);
    const view = made();
    const apart = { here: false, silent: false, address: null, round_trip_ms: null, skew_ms: null, roster: null, same: false };
    const gates = view.gates.map((gate) => ({ ...gate, ...apart }));
    await answer(page, event, { ...view, on: false, listens_on: null, gates, flags: [], strangers_refused: 0 });
    await page.goto(`${office}/events/${event}/gates?section=mesh`);
    await page.getByText("This office meets no gates now").waitFor();
    await page.getByText("not met").first().waitFor();
    expect(await page.getByRole("button", { name: "Give its room away" }).count()).toBe(0);
    await shoot(page, "mesh-off");
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  const LOOKS = [
    ["wide-light", { scheme: "light", width: 1_440, height: 1_400 }],
    ["wide-dark", { scheme: "dark", width: 1_440, height: 1_400 }],
    ["narrow-light", { scheme: "light", width: 420, height: 1_600 }],
    ["narrow-dark", { scheme: "dark", width: 420, height: 1_600 }],
    ["es", { width: 1_024, height: 1_400, language: "es" }],
    ["fr", { width: 1_024, height: 1_400, language: "fr" }],
    ["mirrored", { width: 1_024, height: 1_400, language: "ar-XB" }],
  ] as const;

  it.each(LOOKS)("are looked at in trouble, %s", async (name, how) => {
    const { page, context, complaints } = await visit(browser, `/events/${event}/overview`, how);
    await answer(page, event, made());
    await page.goto(`${office}/events/${event}/gates?section=mesh`);
    await page.locator("main h3").first().waitFor();
    await page.waitForTimeout(300);
    await shoot(page, `mesh-${name}`);
    expect(await faults(page)).toEqual([]);
    const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
    expect(beyond).toBeLessThanOrEqual(0);
    expect(complaints).toEqual([]);
    await context.close();
  });
});

/** Gates of a bad evening, made up: what real ones seldom show together. */
function made() {
  const now = Date.now();
  const gate = (n: number, name: string, more: object) => ({
    id: `d0000000-0000-8000-8000-00000000000${n}`,
    name,
    kind: "gate",
    status: "active",
    here: true,
    silent: false,
    address: `192.168.1.${20 + n}:51820`,
    round_trip_ms: 3.2,
    skew_ms: 40,
    roster: 28,
    same: true,
    version: "0.1.0",
    last_seen_at: now - 4_000,
    pending: 0,
    scans: 214,
    admitted: 201,
    ...more,
  });
  const away = { here: false, address: null, round_trip_ms: null, skew_ms: null, roster: null, same: false };
  const side = (name: string, at: number, more = {}) => ({ gate: name, zone: null, at, mode: "mesh", ...more });
  const double = (n: number, more: object) => ({
    double: `e0000000-0000-8000-8000-00000000000${n}`,
    ticket: `f0000000-0000-8000-8000-00000000000${n}`,
    number: 140 + n,
    name: ["Ada Almgren", "Zoë Ŝlâpfer-O’Neill", null][n] ?? null,
    first: side("Quay gate", now - 640_000),
    second: side("Garden gate", now - 602_000, { zone: "Lounge", mode: "alone" }),
    distance_ms: 38_000,
    order_uncertain: false,
    notes: [],
    ...more,
  });
  const device = (n: number, name: string) => ({ device: `d0000000-0000-8000-8000-00000000000${n}`, name });
  return {
    on: true,
    listens_on: "192.168.1.20:8443",
    alone_since: null as number | null,
    home_ms: now,
    roster: 28,
    strangers_refused: 7,
    gates: [
      gate(1, "Quay gate", {}),
      gate(2, "Garden gate", { skew_ms: -184_000, roster: 26, same: false, round_trip_ms: 240 }),
      gate(3, "Lounge kiosk", { kind: "kiosk", silent: true, round_trip_ms: 1_800, skew_ms: 3_000 }),
      gate(4, "Terrace gate behind the long hedge", { ...away, last_seen_at: now - 2_460_000, pending: 17 }),
      gate(5, "Spare laptop", { ...away, status: "revoked", last_seen_at: now - 9_000_000, scans: 3, admitted: 3 }),
      gate(6, "Usher’s phone", { ...away, kind: "browser" }),
    ],
    doubles: [
      double(0, {}),
      double(1, { order_uncertain: true, distance_ms: 400, second: side("Lounge kiosk", now - 639_600, { mode: "alone" }) }),
      double(2, {
        name: null,
        number: null,
        distance_ms: 7_200_000,
        notes: [{ at: now - 60_000, device: "Office", outcome: "mistaken", note: "The same family twice." }],
      }),
    ],
    flags: [
      { code: "chain_forked", ...device(2, "Garden gate") },
      { code: "clock_ahead", ...device(4, "Terrace gate behind the long hedge") },
      { code: "two_homes", ...device(1, "Quay gate") },
    ],
  };
}

async function answer(page: Page, event: string, view: object): Promise<void> {
  await page.route(`**/api/events/${event}/mesh`, (route) =>
    route.fulfill({ status: 200, contentType: "application/json", body: JSON.stringify(view) }),
  );
}
