import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, shoot, startBrowser, visit, whyNot } from "./browser";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of an event as a whole: ${missing}`);

/** The event of `gatehouse demo`, at which everybody came in. */
const EVENT = "Winter Gala";

const heading = (page: Page, name: string) =>
  page.getByRole("heading", { level: 1, name, exact: true }).waitFor();

const settings = (page: Page, part: string) =>
  page.getByRole("navigation", { name: "Event settings" }).getByRole("link", { name: part }).click();

/** A copy of the demo's event, a draft; its address. */
async function duplicate(page: Page, title: string, guests = false): Promise<string> {
  await page.goto(`${office}/`);
  await page.getByRole("link", { name: new RegExp(EVENT) }).first().click();
  await page.getByRole("button", { name: "More", exact: true }).click();
  await page.getByRole("menuitem", { name: "Duplicate" }).click();
  const dialog = page.getByRole("dialog", { name: "Duplicate this event" });
  await dialog.getByLabel("Title").fill(title);
  if (guests) await dialog.getByLabel("Take the guest list along").check();
  await dialog.getByRole("button", { name: "Duplicate" }).click();
  await heading(page, title);
  return new URL(page.url()).pathname.replace("/overview", "");
}

describe.skipIf(missing !== null)("an event as a whole", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("shows its figures, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/", { scheme });
    await page.getByRole("link", { name: new RegExp(EVENT) }).first().waitFor();
    await shoot(page, `events-cards-${scheme}`);
    expect(await faults(page), "cards").toEqual([]);
    await page.getByText("Calendar", { exact: true }).click();
    await page.getByRole("table").getByRole("link", { name: new RegExp(EVENT) }).first().waitFor();
    await shoot(page, `events-calendar-${scheme}`);
    expect(await faults(page), "calendar").toEqual([]);
    await page.getByRole("table").getByRole("link", { name: new RegExp(EVENT) }).first().click();
    await heading(page, EVENT);
    const arrivals = page.getByRole("region", { name: "Arrivals" });
    await arrivals.getByText("Busiest minute").waitFor();
    await page.getByRole("row", { name: /VIP/ }).getByText("%").waitFor();
    await arrivals.scrollIntoViewIfNeeded();
    await arrivals.getByText("Minute by minute").click();
    await arrivals.getByRole("table").waitFor();
    await shoot(page, `overview-arrivals-${scheme}`);
    expect(await faults(page), "arrivals").toEqual([]);
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Call the event off" }).click();
    await page.getByRole("dialog").getByLabel("Reason").waitFor();
    await shoot(page, `overview-cancel-${scheme}`);
    expect(await faults(page), "reason").toEqual([]);
    await page.keyboard.press("Escape");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("leads from what is missing to where it is mended, and publishes", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    const path = await duplicate(page, "Spring Gala");
    await page.getByText("Everything is there").waitFor();
    await page.goto(`${office}${path}/setup?section=place`);
    await page.getByLabel("City").fill("");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The event was changed.").waitFor();
    await shoot(page, "setup-place");
    expect(await faults(page), "place").toEqual([]);

    await page.getByRole("link", { name: "Overview" }).click();
    const lacking = page.getByRole("region", { name: /1 thing is missing/ });
    await lacking.waitFor();
    expect(await page.getByRole("button", { name: "Publish", exact: true }).isDisabled()).toBe(true);
    await shoot(page, "overview-lacking");
    expect(await faults(page), "lacking").toEqual([]);
    await lacking.getByRole("link", { name: /Mend/ }).click();
    await page.getByLabel("City").fill("Vienna");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("link", { name: "Overview" }).click();
    await page.getByText("Everything is there").waitFor();
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    await page.getByText("“Spring Gala” is published.").waitFor();
    await page.getByRole("button", { name: "Publish", exact: true }).waitFor({ state: "detached" });

    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Save as a template" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Save" }).click();
    await page.getByText("The plan is kept as “Spring Gala”.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("changes words, dates, types and zones, and takes changes back", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    const path = await duplicate(page, "Summer Gala");
    await page.goto(`${office}${path}/setup`);
    await page.getByLabel("Title", { exact: true }).fill("Hi");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Give a title of at least 3 characters.").waitFor();
    await page.getByLabel("Title", { exact: true }).fill("Midsummer Gala");
    await page.getByLabel("Line below the title").pressSequentially("By the water");
    await shoot(page, "setup-details");
    expect(await faults(page), "details").toEqual([]);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The event was changed.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    await expect.poll(() => page.getByLabel("Title", { exact: true }).inputValue()).toBe("Summer Gala");

    await settings(page, "Dates");
    await page.getByRole("list").getByRole("button", { name: /\b20\d\d\b/ }).first().click();
    const pane = page.getByRole("complementary");
    await pane.getByLabel("Title of this day").fill("The great evening");
    await pane.getByLabel("What guests should know").fill("Bring a coat.");
    await shoot(page, "setup-date");
    expect(await faults(page), "date").toEqual([]);
    await pane.getByRole("button", { name: "Save" }).click();
    await page.getByText("The date was changed.").waitFor();
    await page.getByRole("heading", { name: "The great evening" }).waitFor();

    await settings(page, "Ticket types");
    await page.getByRole("button", { name: "Add a ticket type" }).click();
    await pane.getByLabel("Name", { exact: true }).fill("VIP");
    await pane.getByRole("button", { name: "Add a ticket type" }).click();
    await pane.getByText("This name is taken").waitFor();
    await pane.getByLabel("Name", { exact: true }).fill("Patron");
    await pane.getByLabel("Price in EUR").fill("120");
    await shoot(page, "setup-type");
    expect(await faults(page), "type").toEqual([]);
    await pane.getByRole("button", { name: "Add a ticket type" }).click();
    await page.getByText("“Patron” was added.").waitFor();
    await page.getByRole("button", { name: /Patron/ }).click();
    await pane.getByLabel("How many").fill("12");
    await pane.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: /Patron.*up to 12/ }).waitFor();
    await pane.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("“Patron” was removed.").waitFor();
    await page.getByRole("button", { name: /Patron/ }).waitFor({ state: "detached" });

    await settings(page, "Zones");
    await page.getByLabel("Name of the zone").fill("Terrace");
    await page.getByRole("button", { name: "Add the zone" }).click();
    await page.getByText("“Terrace” was added.").waitFor();
    expect(await faults(page), "zones").toEqual([]);

    await settings(page, "Entry and codes");
    await page.getByLabel("Guests at most").fill("250");
    await page.getByRole("combobox", { name: "How often a ticket enters" }).click();
    await page.getByRole("option", { name: "once a day" }).click();
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The event was changed.").last().waitFor();
    await shoot(page, "setup-entry");
    expect(await faults(page), "entry").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("shows what somebody else saved meanwhile beside what was typed", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    const path = await duplicate(page, "Autumn Gala");
    await page.goto(`${office}${path}/setup`);
    await page.getByLabel("Title", { exact: true }).fill("Mine");
    const other = await visit(browser, `${path}/setup`);
    await other.page.getByLabel("Title", { exact: true }).fill("Theirs");
    await other.page.getByRole("button", { name: "Save" }).click();
    await other.page.getByText("The event was changed.").waitFor();
    await page.getByRole("button", { name: "Save" }).click();
    const conflict = page.getByRole("alert", { name: "Somebody else changed the same" });
    await conflict.waitFor();
    await shoot(page, "setup-conflict");
    expect(await faults(page)).toEqual([]);
    await conflict.getByRole("radio", { name: /^Yours/ }).check();
    await conflict.getByRole("button", { name: "Save this choice" }).click();
    await conflict.waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Overview" }).click();
    await heading(page, "Mine");
    expect(complaints).toEqual([]);
    await other.context.close();
    await context.close();
  });

  it("calls an event off, and tells how many tickets were taken back", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    const path = await duplicate(page, "Winter Gala, once more", true);
    // Issued by the API: how it is done on the screen is another journey.
    await page.evaluate(async (event) => {
      const authorization = `Desk ${sessionStorage.getItem("gatehouse.key")}`;
      const headers = { authorization, "content-type": "application/json" };
      await fetch(`/api${event}/issue`, { method: "POST", headers, body: "{}" });
    }, path);
    await page.getByRole("button", { name: /300.*good tickets/ }).waitFor();
    await page.getByRole("button", { name: "More", exact: true }).click();
    await page.getByRole("menuitem", { name: "Call the event off" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("300 tickets become void").waitFor();
    await dialog.getByLabel("Reason").fill("The venue is flooded.");
    await dialog.getByRole("button", { name: "Call the event off" }).click();
    await page.getByText("300 tickets were taken back").waitFor();
    await page.getByText("Cancelled").first().waitFor();
    await page.goto(`${office}${path}/setup`);
    await page.getByRole("alert").getByText("This event was called off").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
