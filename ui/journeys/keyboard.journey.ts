import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys by keyboard: ${missing}`);

/** Whoever needs more steps than this would have taken the mouse. */
const MOST_STEPS = 45;

const hasFocus = (target: Locator) =>
  target.evaluateAll((found) => found.some((element) => element === document.activeElement));

/** Where the focus is, when it can't be seen there; null when it can. */
const unseen = (page: Page) =>
  page.evaluate(() => {
    const at = document.activeElement;
    if (!(at instanceof HTMLElement) || at === document.body) return "nowhere";
    const box = at.getBoundingClientRect();
    const inSight = box.width > 0 && box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth;
    const style = getComputedStyle(at);
    // A list shows its ring on the row that the arrow keys are on.
    const row = at.getAttribute("aria-activedescendant");
    const shown = row === null || row === "" ? style : getComputedStyle(document.getElementById(row) ?? at);
    const ringed = shown.outlineStyle !== "none" || style.boxShadow !== "none";
    const name = at.getAttribute("aria-label") ?? at.innerText.slice(0, 40);
    return inSight && ringed ? null : `${at.tagName} ${name}: ${inSight ? "no ring" : "out of sight"}`;
  });

/**
 * Goes on with Tab, or back with Shift-Tab, until the focus is there; it is seen at each step, but for one at which
 * what was on its way took the place of what had it: the next step goes on from there.
 */
async function tabTo(page: Page, target: Locator, key: "Tab" | "Shift+Tab" = "Tab"): Promise<void> {
  let replaced = 0;
  for (let step = 0; step < MOST_STEPS; step += 1) {
    if (await hasFocus(target)) return;
    await page.keyboard.press(key);
    const where = await unseen(page);
    if (where === "nowhere" && replaced === 0) replaced += 1;
    else expect(where).toBeNull();
  }
  throw new Error(`${MOST_STEPS} steps do not lead to ${target}`);
}

describe.skipIf(missing !== null)("without a mouse", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it("leads from the list of events to a batch that is issued and sent", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    await planHall(context.request, "Keyboard Concert", 40);
    await page.reload();
    const { keyboard } = page;
    await page.getByRole("link", { name: /Keyboard Concert/ }).waitFor();

    // Past the side, to what the page is about.
    await keyboard.press("Tab");
    expect(await hasFocus(page.getByRole("link", { name: "Skip to the list" }))).toBe(true);
    await keyboard.press("Enter");
    await tabTo(page, page.getByRole("link", { name: /Keyboard Concert/ }));
    await keyboard.press("Enter");
    await page.getByRole("heading", { level: 1, name: "Keyboard Concert" }).waitFor();

    // Two guests change their type.
    await keyboard.press("Control+k");
    await keyboard.type("guests");
    await page.getByRole("option", { name: "Guests" }).first().waitFor();
    await keyboard.press("Enter");
    const guests = page.getByRole("grid", { name: "Guests" });
    await guests.getByText("Ada Almgren 1", { exact: true }).waitFor();
    await tabTo(page, guests);
    for (const key of ["ArrowDown", "ArrowDown", "Space", "Shift+ArrowDown"]) await keyboard.press(key);
    await page.getByText("2 selected").waitFor();
    await tabTo(page, page.getByRole("button", { name: "Change type" }));
    await keyboard.press("Enter");
    await page.getByRole("menuitem", { name: "VIP" }).waitFor();
    for (let step = 0; step < 4 && !(await hasFocus(page.getByRole("menuitem", { name: "VIP" }))); step += 1) {
      await keyboard.press("ArrowDown");
    }
    await keyboard.press("Enter");
    await page.getByText("2 guests were changed.").waitFor();

    await keyboard.press("Control+k");
    await keyboard.type("invitations");
    await page.getByRole("option", { name: "Invitations", exact: true }).first().waitFor();
    await keyboard.press("Enter");
    await page.getByRole("option", { name: "Invitations", exact: true }).first().waitFor({ state: "detached" });
    await page.getByRole("heading", { level: 1, name: "Invitations" }).waitFor();
    await tabTo(page, page.getByRole("link", { name: "Batches" }));
    await keyboard.press("Enter");
    const add = page.getByRole("button", { name: "New batch" }).first();
    await add.waitFor();
    await tabTo(page, page.getByRole("button", { name: "New batch" }));
    await keyboard.press("Enter");
    const dialog = page.getByRole("dialog", { name: "New batch" });
    const name = dialog.getByRole("textbox", { name: "Name" });
    await name.waitFor();
    await expect.poll(() => hasFocus(name)).toBe(true);
    await keyboard.press("Control+a");
    await keyboard.type("First letters");
    await keyboard.press("Tab");
    // Whom it is for, and how they sit: arrows choose, Tab goes on, and nothing leads out.
    await keyboard.press("ArrowDown");
    expect(await dialog.getByLabel("Blank ones, without names").isChecked()).toBe(true);
    await keyboard.press("ArrowUp");
    expect(await dialog.getByLabel("Every guest who has no invitation").isChecked()).toBe(true);
    await tabTo(page, dialog.getByRole("button", { name: "Make and generate" }));
    await shoot(page, "keyboard-new-batch");
    await keyboard.press("Enter");
    await page.getByRole("region", { name: "Work under way" }).getByText("40 tickets issued").waitFor({ timeout: 60_000 });
    await dialog.waitFor({ state: "detached" });

    // Its pane is open; the focus is where the work was begun, or in what came of it.
    const pane = page.getByRole("complementary", { name: "First letters" });
    await pane.getByText("Ready", { exact: true }).waitFor();
    await tabTo(page, pane.getByRole("button", { name: "Put into the outbox" }));
    await shoot(page, "keyboard-batch");
    expect(await faults(page)).toEqual([]);
    await keyboard.press("Enter");
    await page.getByText("40 messages wait in the outbox.").waitFor();
    await tabTo(page, page.getByRole("grid", { name: "Batches" }), "Shift+Tab");
    await keyboard.press("Escape");
    await pane.waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
