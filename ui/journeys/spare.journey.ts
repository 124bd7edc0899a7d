import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, faults, shoot, startBrowser, visit } from "./browser";
import { asOwner } from "./desk";
import { type Entry, evening, PIN } from "./evening";
import { logo } from "./picture";
import { canServe, Premises, type Served } from "./serving";

const missing =
  browserPath === null
    ? "there is no browser"
    : canServe
      ? null
      : "GATEHOUSE_PROGRAM and GATEHOUSE_PAGES name nothing that could be stopped and started";
if (missing !== null) console.error(`SKIPPED: the journeys of a spare laptop: ${missing}`);

/** Types as a scanner does: in the page itself, so that no machine is too slow for it. */
const scan = (page: Page, code: string) =>
  page.evaluate((text) => {
    for (const key of [...text, "Enter"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  }, code);

describe.skipIf(missing !== null)("a spare laptop with a window of its own", () => {
  let browser: Browser;
  let premises: Premises;
  let office: Served;
  let gate: Served;
  let event: string;
  let tickets: Entry[];
  const code = (n: number): string => {
    const ticket = tickets[n];
    if (ticket === undefined) throw new Error(`there is no ticket ${n}`);
    return ticket.code;
  };

  /** What the office knows of the gate. */
  const device = async (field: "id" | "scans"): Promise<unknown> => {
    const context = await browser.newContext();
    const { items } = await asOwner(context.request, "GET", `/api/events/${event}/devices`, undefined, office);
    await context.close();
    return (items as Record<string, unknown>[]).find(({ name }) => name === "Quay gate")?.[field];
  };
  /** How many of the gate's scans the office has. */
  const known = () => device("scans");

  beforeAll(async () => {
    browser = await startBrowser();
    premises = new Premises();
    premises.makeEmpty();
    office = await premises.serve();
    const context = await browser.newContext();
    ({ id: event, tickets } = await evening(context.request, office));
    const ask = (method: "GET" | "PUT", path: string, body?: unknown) => asOwner(context.request, method, path, body, office);
    const settings = await ask("GET", `/api/events/${event}/door-settings`);
    delete settings["pin_set"];
    const badge = { kind: "badge", paper: "card" };
    await ask("PUT", `/api/events/${event}/door-settings`, { ...settings, show_photo: true, badge });
    const { items } = await ask("GET", `/api/events/${event}/guests?q=bruno`);
    await ask("PUT", `/api/guests/${(items as { id: string }[])[0]?.id}/photo`, logo(240, 240));
    const token = await asOwner(
      context.request,
      "POST",
      "/api/registration-tokens/generate",
      { eventId: event, kind: "gate" },
      office,
    );
    await context.close();
    gate = await premises.gate(String(token["qrText"]));
  });
  afterAll(async () => {
    await browser?.close();
    await gate?.stop();
    await office?.stop();
    premises?.clear();
  });

  it("goes straight to the door, and says that the office is there", async () => {
    // Whatever is asked for: this machine is a gate and nothing else.
    const { page, context, complaints } = await visit(browser, "/", { at: gate, width: 1_024, height: 700 });
    await page.getByText("office in reach").waitFor();
    await page.getByText("Lantern Night · Quay gate").waitFor();
    expect(new URL(page.url()).pathname).toBe("/gate");
    await scan(page, code(0));
    await page.getByText("Welcome", { exact: true }).waitFor();
    await expect.poll(() => known()).toBe(1);
    // What the office got by the mesh waits no more.
    await page.getByText("waiting").waitFor({ state: "detached" });
    // The office lets it enrol one spare gate and let in two people without a ticket, while it is away.
    const settings = { offline_mode: true, sync_interval_minutes: 1, max_offline_hours: null, spare_gates: 1, walk_ins: 2 };
    await asOwner(context.request, "PATCH", `/api/devices/${await device("id")}`, { settings }, office);
    await page.getByRole("button", { name: "Walk-in" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("admits, finds people and says since when the office is away once that is dead", async () => {
    await office.stop("SIGKILL");
    const { page, context, complaints } = await visit(browser, "/gate", { at: gate, width: 1_280, height: 800 });
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    // The gate carries his picture, and what a badge is made of.
    await Promise.all([
      page.getByText("Welcome", { exact: true }).waitFor(),
      page.locator('[role="alert"] img').waitFor(),
      scan(page, code(1)),
    ]);
    await shoot(page, "spare-admitted");
    await page.evaluate(() => {
      window.open = () => window;
    });
    await page.keyboard.press("F5");
    await page.getByText("Bruno Brückner: open in a tab of its own", { exact: false }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByText("1 scan waiting").waitFor();
    await page.getByText("office away since", { exact: false }).waitFor();
    await page.getByText("list of", { exact: false }).waitFor();
    await shoot(page, "spare-away");
    expect(await faults(page)).toEqual([]);
    await scan(page, code(0));
    await page.getByText("Already used").waitFor();
    await page.keyboard.press("F2");
    await page.keyboard.type("chiara");
    await page.getByRole("option", { name: /Chiara Castaño/ }).waitFor();
    await shoot(page, "spare-search");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Chiara Castaño").waitFor();
    await page.keyboard.press("Escape");
    // Somebody without a ticket comes in with one that the office gave ahead.
    await page.keyboard.press("F3");
    await page.getByText("2 tickets are left for this while the office is away.").waitFor();
    await page.getByLabel("Guest’s name").fill("Mara Quill");
    await shoot(page, "spare-walk-in");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Mara Quill").waitFor();
    await page.keyboard.press("Escape");
    // And a spare machine becomes a gate with the code that this one shows.
    await page.keyboard.press("F10");
    await page.getByRole("button", { name: "Enrol a spare gate" }).click();
    await page.getByRole("img", { name: "Code for the spare gate" }).waitFor();
    await shoot(page, "spare-code");
    expect(await faults(page)).toEqual([]);
    const text = (await page.getByText("gatehouse://enrol").textContent()) ?? "";
    const spare = await premises.gate(text, "spare");
    await page.getByText("Quay gate · spare 1 is a gate now.").waitFor();
    await spare.stop();
    await page.getByRole("button", { name: "Close" }).last().click();
    // A supervisor is one here too.
    await scan(page, code(2));
    await page.getByText("Already used").waitFor();
    await page.keyboard.press("F8");
    await page.getByRole("button", { name: "Known in person" }).click();
    await page.getByLabel("Supervisor’s PIN").fill(PIN);
    await page.keyboard.press("Enter");
    await page.getByText("A supervisor let this guest in.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
    const dark = await visit(browser, "/gate", { at: gate, scheme: "dark", width: 1_280, height: 800 });
    await dark.page.getByText("office away since", { exact: false }).waitFor();
    await shoot(dark.page, "spare-away-dark");
    await dark.context.close();
  });

  it("gives the office its scans when that is back, and says when its right was taken back", async () => {
    office = await premises.serve(new URL(office.root).port);
    const { page, context } = await visit(browser, "/gate", { at: gate, width: 1_280, height: 800 });
    await page.getByText("office in reach").waitFor();
    await page.getByText("waiting").waitFor({ state: "detached" });
    await expect.poll(() => known()).toBe(7);
    await asOwner(context.request, "POST", `/api/devices/${await device("id")}/revoke`, {}, office);
    await scan(page, code(3));
    await page.getByRole("heading", { name: "This gate’s right was taken back" }).waitFor();
    await shoot(page, "spare-revoked");
    expect(await faults(page)).toEqual([]);
    await context.close();
    const dark = await visit(browser, "/gate", { at: gate, scheme: "dark" });
    await dark.page.getByRole("heading", { name: "This gate’s right was taken back" }).waitFor();
    await shoot(dark.page, "spare-revoked-dark");
    await dark.context.close();
  });
});
