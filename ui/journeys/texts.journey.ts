import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of texts that would be more: ${missing}`);

const SCRIPT = "<script>window.hurt=1</script>";
const IMAGE = '"><img src=x onerror="window.hurt=1">';
/** Turns what stands behind it, where nothing stops it. */
const TURN = "\u202e";
const TITLE = `Harbour ${SCRIPT} ${TURN}llaB`;
const GUEST = `Ada ${IMAGE}`;

const DAY_MS = 86_400_000;

describe.skipIf(missing !== null)("texts that would be more than texts", () => {
  let browser: Browser;
  let hall: string;
  let guest: string;
  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    const on = (hour: string) => `${new Date(Date.now() + 20 * DAY_MS).toISOString().slice(0, 10)}T${hour}`;
    const made = await asOwner(context.request, "POST", "/api/events", {
      title: TITLE,
      tagline: `By the water ${TURN}${IMAGE}`,
      organizer: IMAGE,
      time_zone: "Etc/UTC",
      language: "en",
      schedule: { kind: "one_time", session: { doors: on("18:00"), starts: on("19:00"), ends: on("23:00") } },
      place: {
        mode: "in_person",
        venue: { name: `Old ${SCRIPT} ${TURN}esuoH`, address: "1 Quay", city: "Vienna", country: "AT" },
      },
      ticket_types: [{ name: `Seat ${SCRIPT}`, description: IMAGE }],
    });
    hall = String(made["id"]);
    const values = { name: GUEST, company: `${SCRIPT} & Sons`, email: "ada@example.org", group: `Table ${IMAGE}`, notes: SCRIPT };
    guest = String((await asOwner(context.request, "POST", `/api/events/${hall}/guests`, values))["id"]);
    await asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: `Noor ${TURN}daddaH`, company: `Quay ${TURN}enO` });
    await asOwner(context.request, "POST", `/api/events/${hall}/issue`, {});
    await context.close();
  });
  afterAll(() => browser?.close());

  /** Nothing ran, nothing was fetched, and no element came of a text. */
  const harmless = async (page: Page, where: string) => {
    const found = await page.evaluate(() => ({
      ran: "hurt" in window,
      images: document.querySelectorAll('img[src="x"]').length,
      scripts: [...document.scripts].filter((one) => one.text.includes("hurt")).length,
    }));
    expect(found, where).toEqual({ ran: false, images: 0, scripts: 0 });
  };

  /** The words that follow such a text still run from left to right. */
  const runsOn = async (text: Locator, words: string) => {
    const [first, last] = await text.evaluate((element, wanted) => {
      const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
      for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
        const at = node.textContent?.lastIndexOf(wanted) ?? -1;
        if (at < 0) continue;
        const range = document.createRange();
        const left = (from: number) => {
          range.setStart(node, from);
          range.setEnd(node, from + 1);
          return range.getBoundingClientRect().left;
        };
        return [left(at), left(at + wanted.length - 1)] as const;
      }
      throw new Error(`${wanted} is not there`);
    }, words);
    expect(last, words).toBeGreaterThan(first);
  };

  it("are shown as they are in every place of an event", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    await page.getByRole("region", { name: "Events" }).getByText(SCRIPT).first().waitFor();
    await shoot(page, "texts-events");
    await harmless(page, "events");
    await page.getByText("Calendar", { exact: true }).click();
    await page.getByRole("table").waitFor();
    const entry = page.getByRole("table").getByRole("link", { name: /Harbour <script>/ });
    if ((await entry.count()) === 0) await page.getByRole("button", { name: "Month after" }).click();
    await entry.waitFor();
    await harmless(page, "calendar");

    const open = (place: string) => page.goto(`${office}/events/${hall}/${place}`);
    await open("overview");
    await page.getByRole("heading", { level: 1, name: /<script>/ }).waitFor();
    await shoot(page, "texts-overview");
    await runsOn(page.locator("main header").first(), "Draft");
    await harmless(page, "overview");
    expect(await faults(page), "overview").toEqual([]);
    expect(await page.title()).toContain("\u2068");

    await open(`guests?open=${guest}`);
    await page.getByRole("grid").getByText(GUEST).waitFor();
    await page.getByRole("grid").getByText("Noor").waitFor();
    const pane = page.getByRole("complementary");
    await pane.getByText(`${SCRIPT} & Sons`).waitFor();
    await pane.getByText(`Table ${IMAGE}`).waitFor();
    await shoot(page, "texts-guests");
    await harmless(page, "guests");
    await pane.getByRole("button", { name: "Edit" }).click();
    expect(await pane.getByLabel("Company").inputValue()).toBe(`${SCRIPT} & Sons`);
    await pane.getByLabel("Seat").fill(IMAGE);
    await pane.getByRole("button", { name: "Save" }).click();
    await page.getByText(`${GUEST} was changed.`).waitFor();
    await shoot(page, "texts-toast");
    await harmless(page, "toast");
    expect(await faults(page), "guests").toEqual([]);

    await page.keyboard.press("Control+k");
    await page.getByRole("dialog").getByRole("combobox").fill("ada");
    await page.getByRole("listbox").getByText(GUEST).waitFor();
    await shoot(page, "texts-palette");
    await harmless(page, "palette");
    await page.keyboard.press("Escape");

    for (const place of ["invitations", "tickets", "history"] as const) {
      await open(place);
      const row = page.locator(rowAt(1));
      await row.click();
      await pane.waitFor();
      // A group's invitation bears the group's name, a ticket its holder's, the history's newest
      // line tells of the guest.
      if (place !== "history") await pane.getByText(IMAGE).first().waitFor();
      await shoot(page, `texts-${place}`);
      await harmless(page, place);
      expect(await faults(page), place).toEqual([]);
    }
    await open("print");
    await page.getByRole("img", { name: /First page/ }).waitFor();
    await shoot(page, "texts-print");
    await harmless(page, "print");
    await open("setup?section=types");
    await page.getByText(`Seat ${SCRIPT}`).first().waitFor();
    await harmless(page, "setup");
    await page.getByTitle("Change event").click();
    await page.getByRole("menuitemradio", { name: /<script>/ }).waitFor();
    await shoot(page, "texts-switcher");
    await harmless(page, "switcher");
    await page.keyboard.press("Escape");

    await open("overview");
    await page.getByRole("button", { name: "Publish", exact: true }).click();
    const told = page.getByText(/is published/);
    await told.waitFor();
    await shoot(page, "texts-published");
    await runsOn(told, "published");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("are shown as they are in official invitations, and in the list that is imported", async () => {
    const { page, context, complaints } = await visit(browser, "/official");
    page.on("dialog", (dialog) => complaints.push(`dialog: ${dialog.message()}`));
    await page.getByRole("button", { name: "New official invitation" }).first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name", { exact: true }).fill(GUEST);
    await dialog.getByLabel("E-mail").fill("ada@example.org");
    await dialog.getByLabel("Phone").fill("+44 7700 900123");
    await dialog.getByLabel("Event").selectOption(hall);
    await dialog.getByLabel(/Seat <script>/).check();
    await dialog.getByLabel("Personal message").fill(SCRIPT);
    await shoot(page, "texts-official-form");
    await dialog.getByRole("button", { name: "Issue and send" }).click();
    const pane = page.getByRole("complementary");
    await pane.getByRole("img", { name: /Code of ticket/ }).first().waitFor();
    await pane.getByText(GUEST).first().waitFor();
    await shoot(page, "texts-official");
    await harmless(page, "official");
    expect(await faults(page), "official").toEqual([]);

    await page.goto(`${office}/events/${hall}/import`);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a file" }).click();
    const list = [`Name,E-mail,${SCRIPT}`, `Bo ${SCRIPT},bo@example.org,${IMAGE.replaceAll('"', "'")}`, `Cy,${SCRIPT},`].join("\n");
    await (await chooser).setFiles({ name: `${SCRIPT.replaceAll("/", "")}.csv`, mimeType: "text/csv", buffer: Buffer.from(list) });
    await page.getByRole("heading", { level: 2, name: "What do the columns mean?" }).waitFor();
    await page.getByText(`Bo ${SCRIPT}`).first().waitFor();
    await harmless(page, "columns");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("row", { name: /^3 E-mail/ }).getByText(SCRIPT).waitFor();
    await shoot(page, "texts-import");
    await harmless(page, "problems");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
