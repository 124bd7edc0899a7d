import type { APIRequestContext, Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";
import { browserWithCamera } from "./fakeCamera";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey through a gate: ${missing}`);

const PIN = "24680";
const GATE = "Main door";

interface Entry {
  id: string;
  name: string;
  number: number;
  code: string;
}

/** An evening that is on: guests with tickets, a supervisor's PIN, walk-ins allowed. */
async function evening(request: APIRequestContext): Promise<{ id: string; tickets: Entry[] }> {
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
  const { id } = await asOwner(request, "POST", "/api/events", {
    title: "Lantern Night",
    organizer: "Harbour Society",
    time_zone: "Etc/UTC",
    language: "en",
    schedule: { kind: "one_time", session: { doors: at(-2), starts: at(1), ends: at(5) } },
    place: { mode: "in_person", venue: { name: "Old Customs House", address: "1 Quay", city: "Vienna", country: "AT" } },
    ticket_types: [{ name: "Standard" }, { name: "VIP" }],
  });
  const event = String(id);
  const list = ["Name,E-mail,Ticket type,Group", ...["Ada Almgren", "Bruno Brückner", "Chiara Castaño", "Dmitri Dvořák", "Elif Eriksen", "Femi Fontaine"].map(
    (name, n) => `${name},guest${n}@example.org,${n === 0 ? "VIP" : "Standard"},${n >= 3 ? "Family Eriksen" : ""}`,
  )];
  const plan = await asOwner(request, "POST", `/api/events/${event}/imports?name=guests.csv`, list.join("\n"));
  await asOwner(request, "POST", `/api/imports/${plan["id"]}/accept`, {});
  await asOwner(request, "POST", `/api/events/${event}/publish`, {}).catch(() => undefined);
  const task = await asOwner(request, "POST", `/api/events/${event}/issue`, {});
  while ((await asOwner(request, "GET", `/api/tasks/${task["id"]}`))["state"] === "running") {
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  await asOwner(request, "PUT", `/api/events/${event}/door-pin`, { pin: PIN });
  const settings = await asOwner(request, "GET", `/api/events/${event}/door-settings`);
  // Whether there is a PIN is told, not set.
  delete settings["pin_set"];
  await asOwner(request, "PUT", `/api/events/${event}/door-settings`, { ...settings, walk_ins: true });
  const { items } = await asOwner(request, "GET", `/api/events/${event}/tickets?limit=100`);
  const tickets: Entry[] = [];
  for (const { id: ticket, name, number } of items as Omit<Entry, "code">[]) {
    const detail = await asOwner(request, "GET", `/api/tickets/${ticket}`);
    tickets.push({ id: ticket, name, number, code: String(detail["code_text"]) });
  }
  return { id: event, tickets };
}

/** Types as a scanner does: in the page itself, so that no machine is too slow for it. */
const scan = (page: Page, code: string) =>
  page.evaluate((text) => {
    for (const key of [...text, "Enter"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  }, code);

describe.skipIf(missing !== null)("a gate", () => {
  let browser: Browser;
  let event: string;
  let tickets: Entry[];
  const named = (name: string): Entry => {
    const found = tickets.find((ticket) => ticket.name === name);
    if (found === undefined) throw new Error(`${name} has no ticket`);
    return found;
  };
  const at = `?gate=${encodeURIComponent(GATE)}`;

  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    ({ id: event, tickets } = await evening(context.request));
    await context.close();
  });
  afterAll(() => browser?.close());

  it("admits, refuses what was used, and undoes", async () => {
    const { page, context, complaints } = await visit(browser, `/gate${at}&event=${event}`, { width: 1_024, height: 700 });
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    const ada = named("Ada Almgren");
    await scan(page, ada.code);
    await page.getByText("Welcome", { exact: true }).waitFor();
    await page.getByText("Ada Almgren").first().waitFor();
    await page.getByText("first time here").waitFor();
    await shoot(page, "gate-real-admitted");
    expect(await faults(page)).toEqual([]);
    await page.getByRole("contentinfo").getByText("1 of 6 came").waitFor();

    await scan(page, ada.code);
    await page.getByText("Already used").waitFor();
    await page.getByText(`Used at ${GATE} at`, { exact: false }).waitFor();
    await shoot(page, "gate-real-used");

    await page.keyboard.press("Escape");
    await page.keyboard.press("F4");
    await page.getByText("The scan no longer counts.").waitFor();
    await page.getByRole("contentinfo").getByText("0 of 6 came").waitFor();
    await scan(page, ada.code);
    await page.getByText("Welcome", { exact: true }).waitFor();

    await scan(page, "https://gatehouse.example/not-a-ticket");
    await page.getByText("Not a ticket").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("lets a supervisor decide, with the PIN and a reason", async () => {
    const { page, context, complaints } = await visit(browser, `/gate${at}&event=${event}`);
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    await scan(page, named("Ada Almgren").code);
    await page.getByText("Already used").waitFor();
    await page.keyboard.press("F8");
    await page.getByRole("button", { name: "Known in person" }).click();
    await page.getByLabel("Supervisor’s PIN").fill("99999");
    await page.keyboard.press("Enter");
    await page.getByText("That is not the PIN.").waitFor();
    await page.getByLabel("Supervisor’s PIN").fill(PIN);
    await page.keyboard.press("Enter");
    await page.getByText("A supervisor let this guest in.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("finds a guest and admits the whole party by keys alone", async () => {
    const { page, context, complaints } = await visit(browser, `/gate${at}&event=${event}`);
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    await page.keyboard.press("F2");
    await page.keyboard.type("bruno");
    await page.getByRole("option", { name: /Bruno Brückner/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Bruno Brückner").waitFor();
    await page.keyboard.press("F2");
    await page.keyboard.type("elif");
    await page.getByRole("option", { name: /Elif Eriksen/ }).waitFor();
    await page.keyboard.press("Control+Enter");
    await page.getByRole("option", { name: /Femi Fontaine/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByText("3 of 3").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("admits somebody without a ticket where the office allows it", async () => {
    const { page, context, complaints } = await visit(browser, `/gate${at}&event=${event}`);
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    await page.keyboard.press("F3");
    await page.getByLabel("Guest’s name").fill("Greta Gruber");
    await page.keyboard.press("Enter");
    await page.getByRole("alert").getByText("Greta Gruber").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("never lets in what was not decided, and knows the same scan again", async () => {
    const { page, context } = await visit(browser, `/gate${at}&event=${event}`);
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    const { code } = named("Chiara Castaño");
    // The office decides, but its answer is lost on the way.
    await page.route("**/scans", async (route) => {
      await route.fetch();
      await route.abort();
    });
    await scan(page, code);
    await page.getByText("Nobody may enter on this.", { exact: false }).waitFor();
    await shoot(page, "gate-real-undecided");
    await page.unroute("**/scans");
    await scan(page, code);
    await page.getByText("Welcome", { exact: true }).waitFor();
    await scan(page, code);
    await page.getByText("Already used").waitFor();
    await context.close();
  });

  it("reads a ticket that is held to the camera", async () => {
    const { code } = named("Ada Almgren");
    const filmed = await browserWithCamera([
      { text: null, frames: 10 },
      { text: code, frames: 15 },
    ]);
    const { page, context, complaints } = await visit(filmed, `/gate${at}&event=${event}`);
    await page.getByText("Already used").waitFor();
    await shoot(page, "gate-real-camera");
    expect(complaints).toEqual([]);
    await context.close();
    await filmed.close();
  });

  it("greets by itself as a kiosk, and is left with the PIN alone", async () => {
    const { page, context, complaints } = await visit(browser, `/gate${at}&event=${event}&kiosk=1`);
    await page.getByRole("heading", { name: "Lantern Night" }).waitFor();
    await page.getByText(/camera|scanner/).first().waitFor();
    await scan(page, "https://gatehouse.example/not-a-ticket");
    await page.getByText("One moment").first().waitFor();
    await shoot(page, "gate-real-kiosk");
    await page.keyboard.press("F8");
    await page.getByLabel("Supervisor’s PIN").fill(PIN);
    await page.keyboard.press("Enter");
    await page.getByRole("toolbar").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
