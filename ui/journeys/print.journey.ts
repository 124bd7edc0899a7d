import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloaded, faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { eventCalled } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys to paper: ${missing}`);

describe.skipIf(missing !== null)("paper", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("opens pages where they can be printed, or keeps them, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/", { scheme });
    const gala = await eventCalled(context.request, "Winter Gala");
    await page.goto(new URL(`/events/${gala}/print`, page.url()).href);
    const print = page.getByRole("button", { name: "Print …", exact: true });
    // The viewer's own tab, under the page's policy.
    const [tab] = await Promise.all([page.waitForEvent("popup"), print.click()]);
    await page.getByText(/^tickets\.pdf opens in a tab of its own/).waitFor();
    expect(tab.url()).toMatch(/^blob:/);
    expect(await tab.evaluate(() => document.contentType)).toBe("application/pdf");
    await tab.close();
    await page.bringToFront();
    const again = page.getByRole("button", { name: "Open it for printing" });
    const [other] = await Promise.all([page.waitForEvent("popup"), again.click()]);
    expect(other.url()).toMatch(/^blob:/);
    await other.close();
    await page.bringToFront();
    await shoot(page, `print-${scheme}`);
    expect(await faults(page), "print").toEqual([]);

    const [list] = await Promise.all([
      page.waitForEvent("popup"),
      page.getByRole("button", { name: "Print: Door list" }).click(),
    ]);
    await page.getByText(/^door-list\.pdf opens/).waitFor();
    await list.close();
    await page.bringToFront();
    const kept = await downloaded(page, () => page.getByRole("button", { name: "Make the PDF" }).click());
    expect(kept.name).toBe("winter-gala-tickets.pdf");

    const first = page.getByLabel("Tickets from #");
    const last = page.getByLabel("to #", { exact: true });
    await first.fill("5");
    await last.fill("4");
    await page.getByText("Give a last number that is not before the first.").waitFor();
    expect(await page.getByRole("button", { name: "Make the PDF" }).isDisabled()).toBe(true);
    const drawn = page.waitForResponse((said) => /preview\?.*first=5&last=12/.test(said.url()));
    await last.fill("12");
    expect((await drawn).status()).toBe(200);
    const some = await downloaded(page, () => page.getByRole("button", { name: "Make the PDF" }).click());
    expect(some.name).toBe("winter-gala-tickets.pdf");
    const result = page.getByRole("status").filter({ hasText: "is made and downloaded" });
    await result.getByText("8", { exact: true }).waitFor();
    await shoot(page, `print-range-${scheme}`);
    expect(await faults(page), "range").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
