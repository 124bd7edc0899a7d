import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through every screen: ${missing}`);

/** The smallest window that the application opens. */
const SMALLEST = { width: 1_024, height: 700 };

/** Words that are cut off where nothing lets the reader see the rest, and what sticks out. */
async function cut(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const found: string[] = [];
    const root = document.documentElement;
    if (root.scrollWidth > root.clientWidth) found.push(`the page is ${root.scrollWidth} wide`);
    const bearers = "button, label, h1, h2, h3, th, dt, legend, nav a, [role=tab], [role=columnheader], option:checked";
    for (const element of document.querySelectorAll<HTMLElement>(bearers)) {
      if (element.closest("[aria-hidden=true]") !== null || element.offsetParent === null) continue;
      for (const part of [element, ...element.querySelectorAll<HTMLElement>("*")]) {
        const style = getComputedStyle(part);
        if (style.overflowX === "visible" || part.clientWidth < 2 || part.textContent?.trim() === "") continue;
        if (!(part instanceof HTMLElement)) continue;
        if (part.scrollWidth > part.clientWidth + 1) found.push(`cut: ${element.tagName} ${element.innerText.slice(0, 60)}`);
      }
    }
    for (const chooser of document.querySelectorAll<HTMLSelectElement>("main select")) {
      const sizer = document.createElement("span");
      sizer.textContent = chooser.selectedOptions[0]?.text ?? "";
      sizer.style.cssText = "position:absolute;visibility:hidden;white-space:nowrap";
      sizer.style.font = getComputedStyle(chooser).font;
      document.body.append(sizer);
      const style = getComputedStyle(chooser);
      const room = chooser.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
      if (sizer.offsetWidth > room + 1) found.push(`cut: select ${sizer.textContent}`);
      sizer.remove();
    }
    return found;
  });
}

describe.skipIf(missing !== null)("every screen", () => {
  let browser: Browser;
  let gala: string;
  let hall: string;
  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    const { items } = await asOwner(context.request, "GET", "/api/events");
    gala = (items as { id: string; title: string }[]).find(({ title }) => title === "Winter Gala")?.id ?? "";
    hall = await planHall(context.request, "Harbour Evening", 12);
    await context.close();
  });
  afterAll(() => browser?.close());

  describe.each(["es", "fr"] as const)("in %s and in the smallest window", (language) => {
    it("shows its words whole, and without a fault", async () => {
      const { page, context, complaints } = await visit(browser, "/", { ...SMALLEST, language });
      const found: Record<string, string[]> = {};
      const look = async (name: string) => {
        // What is on its way comes soon; what stays busy is shown as it is.
        await page.waitForTimeout(250);
        await page.locator("main [aria-busy=true]").first().waitFor({ state: "detached", timeout: 2_000 }).catch(() => undefined);
        await shoot(page, `${language}-${name}`);
        const all = [...(await cut(page)), ...(await faults(page))];
        if (all.length > 0) found[name] = all;
      };
      const open = (path: string) => page.goto(`${office}${path}`);
      const row = page.locator(rowAt(1));

      await page.getByRole("link", { name: /Winter Gala/ }).first().waitFor();
      await look("events");
      for (const section of ["account", "users", "keys", "recovery", "branding", "mail", "backup", "network", "audit"]) {
        await open(`/settings/${section}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await look(`settings-${section}`);
      }
      await open("/official");
      await page.getByRole("heading", { level: 1 }).waitFor();
      await look("official");
      await open("/plan");
      const steps = page.getByRole("navigation").filter({ hasText: "5" }).getByRole("button");
      for (const step of [0, 1, 2, 3, 4]) {
        await steps.nth(step).click();
        await look(`plan-${step + 1}`);
      }
      for (const place of ["overview", "print"]) {
        await open(`/events/${gala}/${place}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await look(place);
      }
      for (const place of ["guests", "invitations", "tickets", "history"]) {
        await open(`/events/${gala}/${place}`);
        await row.locator('[role="gridcell"]').nth(1).waitFor();
        await look(place);
        await row.locator('[role="gridcell"]').nth(1).click();
        await page.getByRole("complementary").waitFor();
        await look(`${place}-open`);
      }
      await open(`/events/${gala}/invitations/batches`);
      await row.waitFor();
      await row.locator('[role="gridcell"]').first().click();
      await look("batches");
      for (const section of ["overview", "messages", "mailings", "mailings&open=new", "news", "wordings"]) {
        await open(`/events/${gala}/delivery?section=${section}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await look(`delivery-${section.replace("&open=", "-")}`);
      }
      for (const section of ["basics", "dates", "place", "types", "zones", "photos", "messages", "entry", "hand_over"]) {
        await open(`/events/${hall}/setup?section=${section}`);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await look(`setup-${section}`);
      }
      await open(`/events/${hall}/guests?open=new`);
      await page.getByRole("complementary").waitFor();
      await look("guest-new");
      await open(`/events/${hall}/import`);
      await page.getByRole("heading", { level: 2 }).waitFor();
      await look("import-file");
      const chooser = page.waitForEvent("filechooser");
      await page.getByRole("main").locator("[data-autofocus]").click();
      const list = "Name,E-mail,Ticket type,Diet\nUte Möller,ute@example.org,Patron,none\nNo Address,nowhere,Standard,\nUte Möller,ute@example.org,Patron,none\n";
      await (await chooser).setFiles({ name: "list.csv", mimeType: "text/csv", buffer: Buffer.from(list) });
      await page.getByRole("row", { name: /Diet/ }).first().waitFor();
      await look("import-columns");
      await page.getByRole("main").locator("footer button").last().click();
      await look("import-problems");
      await page.getByRole("main").locator("footer button").last().click();
      await look("import-accept");
      await page.keyboard.press("Control+k");
      await page.getByRole("dialog").waitFor();
      await look("palette");
      await page.keyboard.press("Escape");
      await page.getByRole("main").focus();
      await page.keyboard.press("?");
      await page.getByRole("dialog").waitFor();
      await look("shortcuts");
      expect(found).toEqual({});
      expect(complaints).toEqual([]);
      await context.close();
    });
  });
});
