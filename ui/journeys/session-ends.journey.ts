import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

/** An account of the office that is visited. */
const email = process.env["GATEHOUSE_EMAIL"];
const password = process.env["GATEHOUSE_PASSWORD"];

const missing =
  whyNot() ??
  (email === undefined || password === undefined
    ? "GATEHOUSE_EMAIL and GATEHOUSE_PASSWORD name no account"
    : null);
if (missing !== null) console.error(`SKIPPED: the journeys of a session that ends: ${missing}`);

describe.skipIf(missing !== null)("a session that ends in the middle of a form", () => {
  let browser: Browser;
  let hall: string;
  beforeAll(async () => {
    browser = await startBrowser();
    const context = await browser.newContext();
    hall = await planHall(context.request, `Sessions ${Date.now()}`, 20);
    await context.close();
  });
  afterAll(() => browser?.close());

  const signIn = async (page: Page) => {
    await page.getByLabel("Password", { exact: true }).fill(password ?? "");
    await page.getByRole("button", { name: "Sign in" }).click();
  };

  /** Signs in, and opens the guests. */
  const enter = async () => {
    const visited = await visit(browser, `/events/${hall}/guests`, { owner: false });
    await visited.page.getByLabel("E-mail").fill(email ?? "");
    await signIn(visited.page);
    await visited.page.locator(rowAt(1)).waitFor();
    return visited;
  };

  /** Ends the session for good, from another tab of the same browser. */
  const endElsewhere = async (page: Page) => {
    const other = await page.context().newPage();
    await other.goto(`${office}/settings/account`);
    await other.getByRole("button", { name: /^Account/ }).click();
    await other.getByRole("menuitem", { name: "Sign out" }).click();
    await other.getByLabel("Password", { exact: true }).waitFor();
    await other.close();
  };

  const asked = (page: Page) => page.getByRole("dialog", { name: "Please sign in again" });

  it("keeps a guest's changes, which are saved after signing in again", async () => {
    const { page, context, complaints } = await enter();
    await page.getByRole("grid").getByText("Bruno Almgren 2", { exact: true }).click();
    await page.getByRole("button", { name: "Edit" }).click();
    const form = page.getByRole("form", { name: "Change this guest" });
    await form.getByLabel("Company").fill("Northern Quay");
    await form.getByLabel("Seat").fill("Table 3");
    await endElsewhere(page);
    await form.getByRole("button", { name: "Save" }).click();
    await asked(page).waitFor();
    await shoot(page, "session-ends-edit");
    expect(await faults(page), "asked").toEqual([]);
    // Reading on beneath the dialog, such as the list's own, asks once only.
    expect(await asked(page).count()).toBe(1);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await asked(page).getByRole("alert").waitFor();
    await signIn(page);
    await asked(page).waitFor({ state: "detached" });
    await page.getByText("Bruno Almgren 2 was changed.").waitFor();
    const pane = page.getByRole("complementary", { name: "Bruno Almgren 2" });
    await pane.getByText("Northern Quay").first().waitFor();
    await pane.getByText("Table 3").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("keeps a new guest, who is added once", async () => {
    const { page, context, complaints } = await enter();
    await page.getByRole("button", { name: "Add guest" }).click();
    const form = page.getByRole("form", { name: "Add a guest" });
    await form.getByRole("textbox", { name: "Name", exact: true }).fill("Wilhelmine Größ");
    await form.getByLabel("Company").fill("Harbour Society");
    await endElsewhere(page);
    await page.keyboard.press("Enter");
    await asked(page).waitFor();
    // The dialog hides what is beneath it from whoever reads by ear; it is all there.
    const beneath = page.getByRole("form", { name: "Add a guest", includeHidden: true });
    expect(await beneath.getByLabel("Company").inputValue()).toBe("Harbour Society");
    await signIn(page);
    await page.getByRole("complementary", { name: "Wilhelmine Größ" }).waitFor();
    const { items } = await asOwner(context.request, "GET", `/api/events/${hall}/guests?q=wilhelmine`);
    expect((items as unknown[]).length).toBe(1);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("sends a list of guests that was on its way", async () => {
    const { page, context, complaints } = await enter();
    await page.getByRole("button", { name: "Import", exact: true }).click();
    await page.getByRole("heading", { level: 2, name: "Which list?" }).waitFor();
    await endElsewhere(page);
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a file" }).click();
    const list = Buffer.from("Name,E-mail\nUte Möller,ute@example.org\n");
    await (await chooser).setFiles({ name: "more.csv", mimeType: "text/csv", buffer: list });
    await asked(page).waitFor();
    await signIn(page);
    await page.getByRole("heading", { level: 2, name: "What do the columns mean?" }).waitFor();
    await page.getByText("Ute Möller").first().waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
