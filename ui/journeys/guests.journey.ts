import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through the guest list: ${missing}`);

describe.skipIf(missing !== null)("the guest list", () => {
  let browser: Browser;
  /** An event whose guests have no invitations yet. */
  let hall: string;

  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    hall = await planHall(context.request, `Guests ${Date.now()}`, 60);
    await context.close();
  });
  afterAll(() => browser?.close());

  const rowOne = rowAt(1);

  it.each(["light", "dark"] as const)("is searched, put in order and narrowed, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, `/events/${hall}/guests`, { scheme });
    await page.locator(rowOne).getByText("Ada Almgren 1", { exact: true }).waitFor();
    await page.getByTitle("Sort by Name, ascending").click();
    await page.waitForURL(/sort=name/);
    await page.getByTitle("Sort by Name, descending").click();
    await page.waitForURL(/sort=-name/);
    await page.locator(rowOne).getByText("Jónas Fontaine 60").waitFor();
    await page.getByRole("button", { name: "Type", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "VIP" }).click();
    await page.getByText("12 found").waitFor();
    await shoot(page, `guests-narrowed-${scheme}`);
    expect(await faults(page), "narrowed").toEqual([]);
    await page.getByRole("button", { name: "Status", exact: true }).click();
    await page.getByRole("menuitemradio", { name: "Came in" }).click();
    await page.getByText("No guest fits these filters").waitFor();
    await shoot(page, `guests-none-${scheme}`);
    expect(await faults(page), "none").toEqual([]);
    await page.getByRole("button", { name: "Show all guests" }).click();
    await page.getByRole("searchbox").fill("almgren");
    await page.getByText("10 found").waitFor();
    expect(new URL(page.url()).searchParams.get("sort")).toBe("-name");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(["light", "dark"] as const)("takes a new guest by the keyboard, and another, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, `/events/${hall}/guests`, { scheme });
    await page.locator(rowOne).waitFor();
    await page.getByRole("button", { name: "Add guest" }).click();
    const form = page.getByRole("form", { name: "Add a guest" });
    await form.getByLabel("Name", { exact: false }).first().fill("");
    await form.getByLabel("E-mail").fill("no address");
    await page.keyboard.press("Enter");
    await form.getByText("such as ana@example.com").waitFor();
    await shoot(page, `guest-refused-${scheme}`);
    expect(await faults(page), "refused").toEqual([]);
    expect(await form.getByLabel("E-mail").inputValue()).toBe("no address");
    await form.getByRole("textbox", { name: "Name", exact: true }).fill(`Wilhelmine Größ ${scheme}`);
    await form.getByLabel("E-mail").fill("");
    await form.getByLabel("Company").fill("Harbour Society");
    await form.getByLabel("Ticket type").selectOption("VIP");
    await page.keyboard.press("Control+Enter");
    await form.getByText(`Wilhelmine Größ ${scheme} is on the list. The next one:`).waitFor();
    expect(await form.getByLabel("Company").inputValue()).toBe("Harbour Society");
    await form.getByRole("textbox", { name: "Name", exact: true }).fill(`Ottokar Größ ${scheme}`);
    await page.keyboard.press("Enter");
    await page.getByRole("complementary", { name: `Ottokar Größ ${scheme}` }).waitFor();
    // The toast offers the way back.
    await page.getByText(`Ottokar Größ ${scheme} is on the list.`).waitFor();
    await page.getByRole("grid").focus();
    await page.keyboard.press("Control+z");
    await page.getByText("Undone.").first().waitFor();
    await page.getByRole("searchbox").fill(`größ ${scheme}`);
    await page.getByText("1 found").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(["light", "dark"] as const)("keeps what two people typed at once, %s", async (scheme) => {
    const name = scheme === "light" ? "Bruno Almgren 2" : "Chiara Almgren 3";
    const first = await visit(browser, `/events/${hall}/guests?q=${encodeURIComponent(name)}`, { scheme });
    const second = await visit(browser, `/events/${hall}/guests?q=${encodeURIComponent(name)}`, { scheme });
    const edit = async ({ page }: typeof first) => {
      await page.locator(rowOne).getByText(name).click();
      await page.getByRole("button", { name: "Edit" }).click();
      return page.getByRole("form", { name: "Change this guest" });
    };
    const mine = await edit(first);
    const theirs = await edit(second);
    await shoot(first.page, `guest-edit-${scheme}`);
    expect(await faults(first.page), "edit").toEqual([]);
    await theirs.getByLabel("Company").fill("Northern Quay");
    await theirs.getByLabel("Seat").fill("Table 9");
    await theirs.getByRole("button", { name: "Save" }).click();
    await second.page.getByText(`${name} was changed.`).waitFor();

    await mine.getByLabel("Company").fill("Southern Quay");
    await mine.getByLabel("Phone").fill("+43 1 5550100");
    await mine.getByRole("button", { name: "Save" }).click();
    const conflict = first.page.getByRole("form", { name: "Somebody else changed this guest" });
    await conflict.waitFor();
    const company = conflict.getByRole("group", { name: "Company" });
    await company.getByText("Northern Quay").waitFor();
    expect(await company.getByRole("radio", { name: /Southern Quay/ }).isChecked()).toBe(true);
    expect(
      await conflict.getByRole("group", { name: "Seat" }).getByRole("radio", { name: /Table 9/ }).isChecked(),
    ).toBe(true);
    await shoot(first.page, `guest-conflict-${scheme}`);
    expect(await faults(first.page), "conflict").toEqual([]);
    await conflict.getByRole("button", { name: "Save this choice" }).click();
    await conflict.waitFor({ state: "detached" });
    for (const { page } of [first, second]) {
      const pane = page.getByRole("complementary", { name });
      await pane.getByText("Southern Quay").first().waitFor();
      await pane.getByText("Table 9").first().waitFor();
      await pane.getByText("+4315550100").waitFor();
    }
    expect([...first.complaints, ...second.complaints]).toEqual([]);
    await first.context.close();
    await second.context.close();
  });

  it.each(["light", "dark"] as const)("changes and removes many at once, and takes it back, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, `/events/${hall}/guests?q=eriksen`, { scheme });
    await page.getByText("10 found").waitFor();
    const grid = page.getByRole("grid", { name: "Guests" });
    await grid.focus();
    await page.keyboard.press("Control+a");
    await page.getByText("10 selected").waitFor();
    const vip = grid.getByText("VIP", { exact: true });
    const before = await vip.count();
    await page.getByRole("button", { name: "Change type" }).click();
    await page.getByRole("menuitem", { name: "VIP" }).click();
    await page.getByText("10 guests were changed.").waitFor();
    expect(await vip.count()).toBe(10);
    await shoot(page, `guests-bulk-${scheme}`);
    expect(await faults(page), "bulk").toEqual([]);
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    await expect.poll(() => vip.count()).toBe(before);

    await page.getByRole("button", { name: "Put in a group" }).click();
    await page.getByLabel("Group", { exact: true }).fill("Eriksen family");
    expect(await faults(page), "group").toEqual([]);
    await page.getByRole("button", { name: "Put in this group" }).click();
    await page.getByText("10 guests were changed.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();

    await page.getByRole("button", { name: "Take off the list" }).click();
    await page.getByText("10 guests were taken off the list.").waitFor();
    await page.getByText("Nobody matches “eriksen”").waitFor();
    await page.keyboard.press("Control+z");
    await page.getByText("10 found").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says who may not be removed, and leads to invitation and ticket", async () => {
    const context = await browser.newContext();
    const { items } = await asOwner(context.request, "GET", "/api/events");
    const gala = (items as { id: string; title: string }[]).find(({ title }) => title === "Winter Gala");
    await context.close();
    if (gala === undefined) return;
    const { page, context: own, complaints } = await visit(browser, `/events/${gala.id}/guests?sort=name`);
    await page.locator(rowOne).waitFor();
    const grid = page.getByRole("grid", { name: "Guests" });
    await grid.focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.getByRole("button", { name: "Take off the list" }).click();
    await page.getByText("1 guest stays: an invitation covers them.", { exact: false }).waitFor();
    await grid.focus();
    await page.keyboard.press("Enter");
    const pane = page.getByRole("complementary");
    await pane.getByText("Life line").waitFor();
    await pane.getByRole("link", { name: /^INV-/ }).click();
    await page.waitForURL(/\/invitations\?open=/);
    await page.goto(`${office}/events/${gala.id}/guests?sort=name`);
    await page.locator(rowOne).click();
    await page.getByRole("complementary").getByRole("link", { name: /^#/ }).click();
    await page.waitForURL(/\/tickets\?open=/);
    expect(complaints).toEqual([]);
    await own.close();
  });

  it("keeps what was selected, and the way back to it, however far one scrolls", async () => {
    const context = await browser.newContext();
    const fair = await planHall(context.request, `Fair ${Date.now()}`, 6_000);
    await context.close();
    const { page, context: own, complaints } = await visit(browser, `/events/${fair}/guests`);
    const grid = page.getByRole("grid", { name: "Guests" });
    const rowOf = (place: number) => grid.locator(`[role="row"][aria-rowindex="${place + 1}"]`);
    const boxOf = (place: number) => rowOf(place).getByRole("checkbox");
    const scrollTo = async (place: number) => {
      await grid.evaluate((list, top) => list.scrollTo({ top }), (place - 4) * 44);
      await boxOf(place).waitFor();
    };
    // Before its rows are there a list has nowhere to scroll to.
    await boxOf(1).waitFor();
    await rowOf(600).waitFor({ state: "detached" });
    for (const place of [100, 300, 500, 700, 750]) await scrollTo(place);
    await rowOf(750).getByText("750", { exact: false }).waitFor();
    // What is clicked is the cell around the box.
    await boxOf(750).locator("..").click();
    await boxOf(751).waitFor();
    await rowOf(751).click();
    const pane = page.getByRole("complementary", { name: /751$/ });
    await pane.waitFor();
    for (let place = 1_000; place <= 4_000; place += 250) await scrollTo(place);
    await boxOf(4_000).locator("..").click();
    await page.getByText("2 selected").waitFor();
    expect(await pane.isVisible()).toBe(true);
    await grid.focus();
    await page.keyboard.press("End");
    await rowOf(6_000).getByText("6000", { exact: false }).waitFor();

    // Back near what is open: its page is read again, and the list stays where it is.
    const asked = page.waitForResponse((answer) => answer.url().includes("/guests?") && answer.ok());
    await scrollTo(1_100);
    await asked;
    await page.waitForTimeout(500);
    expect(await boxOf(1_100).isVisible()).toBe(true);
    await scrollTo(750);
    expect(await boxOf(750).isChecked()).toBe(true);
    await page.getByText("2 selected").waitFor();
    await page.getByRole("button", { name: "Change type" }).click();
    await page.getByRole("menuitem", { name: "VIP" }).click();
    await page.getByText("2 guests were changed.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    expect(complaints).toEqual([]);
    await own.close();
  });
});
