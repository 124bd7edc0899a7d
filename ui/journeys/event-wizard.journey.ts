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
    // Typed key by key, so that a field that loses the focus on the way is noticed.
    await page.getByLabel("Organizer").pressSequentially("Harbour Society");
    expect(await page.getByLabel("Organizer").inputValue()).toBe("Harbour Society");
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
    await page.getByLabel("Day", { exact: true }).click();
    await page.locator("[data-dates-dropdown] [data-selected]").waitFor();
    expect(await faults(page), "chosen day").toEqual([]);
    await page.getByLabel("Doors open: minutes").click();
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
    await page.getByText("This name is taken").waitFor();
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

  it("plans several days, each after the one before", async () => {
    const { page, context, complaints } = await visit(browser, "/plan");
    await page.getByLabel("Title", { exact: true }).fill("Lantern Festival");
    await next(page);
    await step(page, "Dates");
    await page.getByRole("radio", { name: /Several days/ }).check();
    await day(page, "Day 1", 40);
    await day(page, "Day 2", 40);
    await next(page);
    // The message stands at the day that it is about.
    const second = page.getByRole("listitem").filter({ has: page.getByLabel("Day 2", { exact: true }) });
    await second.getByText("Start each day after the one before").waitFor();
    await shoot(page, "wizard-days-wrong");
    expect(await faults(page), "wrong").toEqual([]);
    await day(page, "Day 2", 41);
    await second.getByLabel("Title of this day").fill("Fireworks");
    await page.getByRole("button", { name: "Add a day" }).click();
    const dates = page.getByRole("region", { name: "Dates" });
    await dates.getByText("3 dates").waitFor();
    await shoot(page, "wizard-days");
    expect(await faults(page), "days").toEqual([]);
    await next(page);
    await step(page, "Place");
    await page.getByText("Online", { exact: true }).click();
    await page.getByLabel("Link").fill("meet.example.org");
    await next(page);
    await page.getByText("Give a link that begins with https://").waitFor();
    await page.getByLabel("Link").fill("https://meet.example.org/lantern");
    await next(page);
    await step(page, "Ticket types");
    await page.getByRole("combobox", { name: "Opens" }).click();
    await page.getByRole("option", { name: "Fireworks" }).click();
    await page.keyboard.press("Escape");
    await next(page);
    await step(page, "Review");
    await page.getByRole("button", { name: "Plan the event" }).click();
    await page.getByRole("heading", { level: 1, name: "Lantern Festival" }).waitFor();
    await page.goto(page.url().replace("/overview", "/setup?section=dates"));
    await page.getByRole("button", { name: /Fireworks/ }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("plans a series by its pattern, with its dates as they are typed", async () => {
    const { page, context, complaints } = await visit(browser, "/plan");
    await page.getByLabel("Title", { exact: true }).fill("Quiz Night");
    await next(page);
    await step(page, "Dates");
    await page.getByRole("radio", { name: /Series/ }).check();
    await day(page, "First day", 30);
    const dates = page.getByRole("region", { name: "Dates" });
    await dates.getByText("10 dates").waitFor();
    await page.getByRole("spinbutton", { name: "Times" }).or(page.getByLabel("Times")).first().fill("4");
    await dates.getByText("4 dates").waitFor();
    await page.getByRole("group", { name: "On these days" }).getByText("Wed").click();
    await shoot(page, "wizard-series");
    expect(await faults(page), "weekly").toEqual([]);

    const choose = async (label: string, option: string) => {
      await page.getByRole("combobox", { name: label }).click();
      await page.getByRole("option", { name: option, exact: true }).click();
    };
    await choose("Series ends", "never");
    await dates.getByText(/dates in the next 18 months/).waitFor();
    await choose("Repeats", "every month, by weekday");
    await choose("Which one", "the last");
    await choose("Series ends", "on a day");
    await day(page, "Last day", 200);
    await expect.poll(async () => Number((await dates.getByRole("status").innerText()).match(/\d+/)?.[0])).toBeLessThan(10);
    await shoot(page, "wizard-series-monthly");
    expect(await faults(page), "monthly").toEqual([]);
    await choose("Repeats", "every day");
    await choose("Series ends", "after a number of times");
    await dates.getByText("4 dates").waitFor();
    await next(page);
    await step(page, "Place");
    await next(page);
    await step(page, "Ticket types");
    await page.getByLabel("Opens every date of the series").check();
    await next(page);
    await step(page, "Review");
    await page.getByRole("button", { name: "Plan the event" }).click();
    await page.getByRole("heading", { level: 1, name: "Quiz Night" }).waitFor();
    await page.goto(page.url().replace("/overview", "/setup?section=dates"));
    await page.getByRole("button", { name: "Add a date" }).waitFor();
    expect(await page.getByRole("main").getByRole("listitem").count()).toBe(4);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("loses nothing by going back, by leaving, or when the session ends", async () => {
    const { page, context, complaints } = await visit(browser, "/plan");
    await page.getByLabel("Title", { exact: true }).fill("Kept Evening");
    await next(page);
    await step(page, "Dates");
    await day(page, "Day", 50);
    await page.getByRole("button", { name: "Back" }).click();
    expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("Kept Evening");
    await page.getByRole("link", { name: "Events" }).click();
    await page.getByRole("link", { name: "Plan an event" }).click();
    expect(await page.getByLabel("Title", { exact: true }).inputValue()).toBe("Kept Evening");

    // The session ends elsewhere; whoever signs in goes on where they were.
    const authorization = `Desk ${await page.evaluate(() => sessionStorage.getItem("gatehouse.key"))}`;
    let ended = true;
    await page.route("**/api/**", async (route) => {
      const request = route.request();
      if (new URL(request.url()).pathname === "/api/auth/login") {
        ended = false;
        const account = { id: "0", name: "Ada", email: "ada@example.org", role: "super_admin", status: "active", created_at: 0 };
        return route.fulfill({ json: { account, access_token: "1", token: "1", expires_in: 900 } });
      }
      if (!ended) return route.continue({ headers: { ...request.headers(), authorization } });
      const refusal = { type: "about:blank", status: 401, code: "signed_out", detail: "sign in" };
      return route.fulfill({ status: 401, contentType: "application/problem+json", body: JSON.stringify(refusal) });
    });
    await page.getByLabel("Line below the title").fill("by the water");
    await next(page);
    const dialog = page.getByRole("dialog", { name: "Please sign in again" });
    await dialog.getByLabel("E-mail").fill("ada@example.org");
    await dialog.getByLabel("Password", { exact: true }).fill("a long enough one");
    await dialog.getByRole("button", { name: "Sign in" }).click();
    await dialog.waitFor({ state: "detached" });
    await step(page, "Dates");
    await page.getByRole("button", { name: "Back" }).click();
    expect(await page.getByLabel("Line below the title").inputValue()).toBe("by the water");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("jumps to the step of what is refused, and works mirrored in the smallest window", async () => {
    const { page, context, complaints } = await visit(browser, "/plan", {
      width: 1_024,
      height: 700,
      language: "ar-XB",
    });
    const steps = page.getByRole("navigation").filter({ hasText: "5" }).getByRole("button");
    await steps.nth(1).click();
    await page.getByRole("radio").first().waitFor();
    await shoot(page, "wizard-mirrored");
    expect(await faults(page)).toEqual([]);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(wider).toBe(false);
    await steps.nth(4).click();
    await page.locator("form button[type=submit]").click();
    // Nothing was typed at all: the title comes first.
    await page.locator('input[aria-invalid="true"]').first().waitFor();
    expect(await steps.nth(0).getAttribute("aria-current")).toBe("step");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
