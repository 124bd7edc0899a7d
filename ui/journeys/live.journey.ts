import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { rowAt, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of two people at once: ${missing}`);

/** Much sooner than a list is read again by itself. */
const SOON_MS = 15_000;

describe.skipIf(missing !== null)("two people at once", () => {
  let browser: Browser;
  let hall: string;
  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    hall = await planHall(context.request, `Live ${Date.now()}`, 30);
    await context.close();
  });
  afterAll(() => browser?.close());

  it("see each other's edits as they are made", async () => {
    const first = await visit(browser, `/events/${hall}/guests`);
    const second = await visit(browser, `/events/${hall}/guests`);
    const name = "Ada Almgren 1";
    const row = second.page.locator(rowAt(1));
    await row.getByText(name, { exact: true }).waitFor();
    await first.page.locator(rowAt(1)).getByText(name, { exact: true }).click();
    await first.page.getByRole("button", { name: "Edit" }).click();
    const form = first.page.getByRole("form", { name: "Change this guest" });
    await form.getByLabel("Name").first().fill("Ada Almgren-Brückner");
    await form.getByRole("button", { name: "Save" }).click();
    await first.page.getByRole("complementary", { name: "Ada Almgren-Brückner" }).waitFor();
    await row.getByText("Ada Almgren-Brückner").waitFor({ timeout: SOON_MS });

    // Numbers of the event, too.
    await second.page.getByText("30").first().waitFor();
    await asOwner(first.context.request, "POST", `/api/events/${hall}/guests`, { name: "Late Comer" });
    for (const { page } of [first, second]) {
      await page.getByRole("banner").or(page.locator("header")).getByText("31").first().waitFor({ timeout: SOON_MS });
    }
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    await first.context.close();
    await second.context.close();
  });

  it("hear what they missed once the line is back", async () => {
    const { page, context } = await visit(browser, `/events/${hall}/guests?q=straggler`);
    await page.getByText("Nobody matches “straggler”").waitFor();
    await context.setOffline(true);
    await asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: "Straggler One" }).catch(
      async () => {
        // The context's own requests are cut off as well: another person adds them.
        const other = await browser.newContext();
        await asOwner(other.request, "POST", `/api/events/${hall}/guests`, { name: "Straggler One" });
        await other.close();
      },
    );
    await page.waitForTimeout(500);
    await context.setOffline(false);
    await page.getByRole("grid").getByText("Straggler One").waitFor({ timeout: 20_000 });
    await context.close();
  });
});
