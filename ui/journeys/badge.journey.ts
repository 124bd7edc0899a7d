import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { type Entry, evening } from "./evening";
import { logo } from "./picture";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey of badges and photos: ${missing}`);

const GATE = "Main door";

const scan = (page: Page, code: string) =>
  page.evaluate((text) => {
    for (const key of [...text, "Enter"]) {
      document.body.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  }, code);

/** What the page opened in a tab of its own last: how its bytes begin. */
const opened = (page: Page) =>
  page.evaluate(async () => {
    const tabs = window as unknown as { opened?: Blob };
    const file = tabs.opened;
    if (file === undefined) return null;
    delete tabs.opened;
    return (await file.text()).slice(0, 8);
  });

const catchTabs = (page: Page) =>
  page.evaluate(() => {
    // The page's own policy lets nobody fetch what it shows: the bytes are taken where it makes them.
    const files = new Map<string, Blob>();
    const address = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (file) => {
      const at = address(file);
      if (file instanceof Blob) files.set(at, file);
      return at;
    };
    window.open = (at) => {
      (window as unknown as { opened?: Blob | undefined }).opened = files.get(String(at));
      return window;
    };
  });

describe.skipIf(missing !== null)("badges and photos", () => {
  let browser: Browser;
  let event: string;
  let tickets: Entry[];
  const named = (name: string): Entry => {
    const found = tickets.find((ticket) => ticket.name === name);
    if (found === undefined) throw new Error(`${name} has no ticket`);
    return found;
  };
  const gate = () => `/gate?gate=${encodeURIComponent(GATE)}&event=${event}`;

  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    ({ id: event, tickets } = await evening(context.request));
    await context.close();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("are chosen in the office with a picture of them, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, `/events/${event}/gates?section=door`, { scheme });
    const kind = page.getByLabel("Printed for those who are let in");
    await kind.waitFor();
    await kind.selectOption("badge");
    await page.getByAltText("What would be printed, for a guest who is made up").waitFor();
    await page.getByLabel("Paper").selectOption("a6");
    await page.getByLabel("With the ticket’s code").check({ force: true });
    await page.getByLabel("Paper").selectOption("card");
    await page.getByLabel("Print at once").check({ force: true });
    await page.getByLabel("Show photos").check({ force: true });
    await page.locator("[aria-busy=true]").waitFor({ state: "detached" });
    await page.getByLabel("Printed for those who are let in").scrollIntoViewIfNeeded();
    await shoot(page, `badge-office-${scheme}`);
    expect(await faults(page)).toEqual([]);
    if (scheme === "light") {
      await page.getByRole("button", { name: "Save", exact: true }).first().click();
      await page.getByText("The door’s settings were changed.").waitFor();
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("gives a guest a photo", async () => {
    const { page, context, complaints } = await visit(browser, `/events/${event}/guests`);
    await page.getByText("Bruno Brückner").first().click();
    const file = { name: "bruno.png", mimeType: "image/png", buffer: logo(240, 240) };
    await choose(page, () => page.getByRole("button", { name: "Add a photo" }).click(), file);
    await page.getByAltText("Photo of Bruno Brückner").waitFor();
    await shoot(page, "guest-photo");
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("are printed at the gate, once more from the last scans, and the photo is shown", async () => {
    const { page, context, complaints } = await visit(browser, gate(), { width: 1_024, height: 700 });
    await page.getByRole("contentinfo").getByText("inside").waitFor();
    await catchTabs(page);
    // The verdict passes by itself: what it shows is waited for before it comes.
    await Promise.all([
      page.locator('[role="alert"] img').waitFor(),
      page.getByText("Bruno Brückner: ready to print. Press F5.").waitFor(),
      scan(page, named("Bruno Brückner").code),
    ]);
    await shoot(page, "gate-photo");
    expect(await faults(page)).toEqual([]);
    await page.keyboard.press("F5");
    await page.getByText("Bruno Brückner: open in a tab of its own", { exact: false }).waitFor();
    expect(await opened(page)).toBe("%PDF-1.7");

    // Somebody without a photo is welcomed all the same.
    await scan(page, named("Ada Almgren").code);
    await page.getByText("Ada Almgren: ready to print. Press F5.").waitFor();
    await shoot(page, "gate-badge");
    expect(await page.locator('[role="alert"] img').count()).toBe(0);
    await page.getByRole("button", { name: "Print badge F5" }).first().click();
    await page.getByText("Ada Almgren: open in a tab of its own", { exact: false }).waitFor();
    expect(await opened(page)).toBe("%PDF-1.7");

    await page.keyboard.press("F9");
    await page.getByRole("button", { name: "Print Bruno Brückner" }).waitFor();
    await shoot(page, "gate-badge-recent");
    expect(await faults(page)).toEqual([]);
    await page.getByRole("button", { name: "Print Bruno Brückner" }).click();
    await page.getByText("Bruno Brückner: open in a tab of its own", { exact: false }).waitFor();
    expect(await opened(page)).toBe("%PDF-1.7");
    await page.keyboard.press("Escape");

    // A printer that fails hides no verdict, and a refusal prints nothing.
    let fail = () => {};
    const failed = new Promise<void>((resolve) => (fail = resolve));
    await page.route("**/door/badges/**", async (route) => {
      await failed;
      await route.abort();
    });
    await Promise.all([
      page.getByText("Welcome", { exact: true }).waitFor(),
      page.getByText("Chiara Castaño: ready to print. Press F5.").waitFor(),
      scan(page, named("Chiara Castaño").code),
    ]);
    const asked = page.waitForRequest("**/door/badges/**");
    await page.keyboard.press("F5");
    await asked;
    // A refusal stays until somebody goes on, however long the printer takes to fail.
    await scan(page, named("Ada Almgren").code);
    await page.getByText("Already used").waitFor();
    fail();
    await page.getByText("Chiara Castaño was let in, but nothing was printed", { exact: false }).waitFor();
    await page.getByText("Already used").waitFor();
    await shoot(page, "gate-badge-failed");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
