import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, shoot, startBrowser, visit, whyNot } from "./browser";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of planning: ${missing}`);

/** A day so many days from now, as the page of an English reader takes it. */
function dayIn(days: number): string {
  const at = new Date(Date.now() + days * 86_400_000);
  return at.toISOString().slice(0, 10);
}

const next = (page: Page) => page.getByRole("button", { name: "Next", exact: true }).click();
const step = (page: Page, name: string) => page.getByRole("form", { name }).waitFor();

async function day(page: Page, label: string, days: number): Promise<void> {
  await page.getByLabel(label, { exact: true }).fill(dayIn(days));
  await page.keyboard.press("Escape");
}

async function time(page: Page, label: string, hours: string, minutes: string): Promise<void> {
  await page.getByLabel(`${label}: hours`).fill(hours);
  await page.getByLabel(`${label}: minutes`).fill(minutes);
}

describe.skipIf(missing !== null)("planning an event", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("plans one evening, step by step, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/plan", { scheme });
    await step(page, "Basics");
    await next(page);
    // What is missing stands beside its field, and nothing else is said yet.
    await page.getByText("Give a title of at least 3 characters.").waitFor();
    expect(await page.getByRole("alert").count()).toBe(0);
    await shoot(page, `wizard-basics-${scheme}`);
    expect(await faults(page), "basics").toEqual([]);
    await page.getByLabel("Title", { exact: true }).fill("Spring Reception");
    await page.getByLabel("Organizer").fill("Harbour Society");
    await page.getByRole("combobox", { name: "Tags" }).fill("spring");
    await page.keyboard.press("Enter");
    await page.getByRole("combobox", { name: "Language of the event" }).click();
    await page.getByRole("option", { name: "Catalan" }).waitFor();
    expect(await faults(page), "language").toEqual([]);
    await page.keyboard.press("Escape");
    await next(page);

    await step(page, "Dates");
    await page.getByLabel("Day", { exact: true }).click();
    await page.locator("[data-dates-dropdown]").waitFor();
    await shoot(page, `wizard-calendar-${scheme}`);
    expect(await faults(page), "calendar").toEqual([]);
    await day(page, "Day", 30);
    await time(page, "Ends", "01", "30");
    await time(page, "Doors open", "18", "15");
    await page.getByText("the next day").waitFor();
    await page.getByRole("region", { name: "Dates" }).getByText("doors 18:15").waitFor();
    await shoot(page, `wizard-dates-${scheme}`);
    expect(await faults(page), "dates").toEqual([]);
    await next(page);

    await step(page, "Place");
    await page.getByLabel("Name of the venue").fill("Old Customs House");
    await page.getByLabel("Street and number").fill("Quay 4");
    await shoot(page, `wizard-place-${scheme}`);
    expect(await faults(page), "place").toEqual([]);
    await next(page);

    await step(page, "Ticket types");
    await page.getByRole("combobox", { name: "Zones" }).fill("Lounge");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Add a ticket type" }).click();
    const vip = page.getByRole("listitem").filter({ has: page.getByLabel("Price in EUR") }).nth(1);
    await vip.getByLabel("Name", { exact: true }).fill("standard");
    await vip.getByLabel("Price in EUR").fill("25.5");
    await vip.getByLabel("How many").fill("40");
    await next(page);
    await page.getByText("another one is called").waitFor();
    await vip.getByLabel("Name", { exact: true }).fill("VIP");
    await shoot(page, `wizard-types-${scheme}`);
    expect(await faults(page), "types").toEqual([]);
    await next(page);

    await step(page, "Review");
    await page.getByText("€25.50").waitFor();
    await shoot(page, `wizard-review-${scheme}`);
    expect(await faults(page), "review").toEqual([]);
    await page.getByRole("button", { name: "Plan the event" }).click();
    await page.waitForURL(/\/overview$/);
    await page.getByRole("heading", { level: 1, name: "Spring Reception" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
