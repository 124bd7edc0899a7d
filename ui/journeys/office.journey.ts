import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through the office: ${missing}`);

/** The event of `gatehouse demo`. */
const EVENT = "Winter Gala";

describe.skipIf(missing !== null)("the office", () => {
  let browser: Browser;
  /** Id of the event that the visits are paid to. */
  let gala: string;

  beforeAll(async () => {
    browser = await startBrowser();
    const { page, context } = await visit(browser, "/");
    await page.getByRole("region", { name: "Events" }).getByText(EVENT).first().click();
    await page.waitForURL(/\/overview$/);
    gala = new URL(page.url()).pathname.split("/")[2] ?? "";
    await context.close();
  });
  afterAll(() => browser?.close());

  const places = ["overview", "guests", "invitations", "tickets", "history"] as const;
  const ready = { overview: "From the list to the door" } as Partial<Record<string, string>>;

  describe.each(["light", "dark"] as const)("%s", (scheme) => {
    it("shows every place without a fault, under the page's policy", async () => {
      const { page, context, complaints } = await visit(browser, "/", { scheme });
      await page.getByRole("region", { name: "Events" }).getByText(EVENT).first().waitFor();
      await shoot(page, `events-${scheme}`);
      expect(await faults(page)).toEqual([]);
      await page.getByRole("region", { name: "Events" }).getByText(EVENT).first().click();
      for (const place of places) {
        await page.goto(`${office}/events/${gala}/${place}`);
        const words = ready[place];
        if (words !== undefined) await page.getByText(words).waitFor();
        else await page.locator('[role="row"][aria-rowindex="3"] [role="gridcell"]').nth(1).waitFor();
        await shoot(page, `${place}-${scheme}`);
        expect(await faults(page), place).toEqual([]);
      }
      expect(complaints).toEqual([]);
      await context.close();
    });

    it("finds a guest, selects some, and opens the bars, menus and pages around them", async () => {
      const { page, context, complaints } = await visit(browser, `/events/${gala}/guests`, { scheme });
      const grid = page.getByRole("grid", { name: "Guests" });
      await grid.getByRole("checkbox").nth(5).waitFor();
      await grid.focus();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Space");
      await page.keyboard.press("Shift+ArrowDown");
      await page.keyboard.press("Shift+ArrowDown");
      await page.getByText("3 selected").waitFor();
      await page.keyboard.press("Enter");
      await page.getByRole("complementary").getByText("Life line").waitFor();
      await shoot(page, `guest-${scheme}`);
      expect(await faults(page), "pane").toEqual([]);
      await page.getByRole("button", { name: "Copy e-mail addresses" }).click();
      await page.getByText("3 addresses copied").waitFor();
      await shoot(page, `news-${scheme}`);
      expect(await faults(page), "news").toEqual([]);
      await grid.focus();
      await page.keyboard.press("Escape");
      await page.getByText("3 selected").waitFor({ state: "detached" });
      await page.keyboard.press("Escape");
      await page.getByRole("complementary").waitFor({ state: "detached" });

      await page.getByRole("button", { name: "Choose columns" }).click();
      await page.getByRole("menuitemcheckbox", { name: "Seat" }).waitFor();
      await shoot(page, `columns-${scheme}`);
      expect(await faults(page), "columns").toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("menuitemcheckbox", { name: "Seat" }).waitFor({ state: "detached" });

      await page.keyboard.press("Control+k");
      await page.getByRole("listbox").getByRole("option").first().waitFor();
      await shoot(page, `palette-${scheme}`);
      expect(await faults(page), "palette").toEqual([]);
      await page.keyboard.press("Escape");

      await page.keyboard.press("?");
      await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
      await shoot(page, `shortcuts-${scheme}`);
      expect(await faults(page), "shortcuts").toEqual([]);
      await page.keyboard.press("Escape");
      await page.getByRole("dialog").waitFor({ state: "detached" });

      await page.getByTitle("Change event").click();
      await page.getByRole("menuitemradio").first().waitFor();
      await shoot(page, `switcher-${scheme}`);
      expect(await faults(page), "switcher").toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });

  it("leads to the last of all rows and back by the keyboard", async () => {
    const { page, context } = await visit(browser, `/events/${gala}/guests`);
    const grid = page.getByRole("grid", { name: "Guests" });
    await grid.getByRole("checkbox").nth(5).waitFor();
    const total = Number(await grid.getAttribute("aria-rowcount"));
    await grid.focus();
    await page.keyboard.press("End");
    const last = page.locator(`[role="row"][aria-rowindex="${total}"]`);
    await last.locator('[role="gridcell"]').nth(1).waitFor();
    const box = await last.boundingBox();
    expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThanOrEqual(800);
    await page.keyboard.press("Home");
    await page.locator(rowAt(1)).waitFor();
    await context.close();
  });

  it("works in the smallest window, mirrored", async () => {
    const { page, context, complaints } = await visit(browser, `/events/${gala}/guests`, {
      width: 1_024,
      height: 700,
      language: "ar-XB",
    });
    const grid = page.getByRole("grid");
    await grid.getByRole("checkbox").nth(5).waitFor();
    expect(await page.evaluate(() => document.documentElement.dir)).toBe("rtl");
    await page.locator(rowAt(3)).click();
    await page.getByRole("complementary").waitFor();
    await shoot(page, "guests-mirrored");
    expect(await faults(page)).toEqual([]);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(wider).toBe(false);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
