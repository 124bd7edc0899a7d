import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { type Entry, evening, PIN } from "./evening";
import { browserWithCamera } from "./fakeCamera";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey through a gate: ${missing}`);

const GATE = "Main door";

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
    // The verdict passes by itself: what it shows is waited for before it comes.
    await Promise.all([
      page.getByText("Welcome", { exact: true }).waitFor(),
      page.getByText("Ada Almgren").first().waitFor(),
      page.getByText("first time here").waitFor(),
      scan(page, ada.code),
    ]);
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
