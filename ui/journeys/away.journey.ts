import type { Browser, Page, Route } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, faults, shoot, startBrowser, visit } from "./browser";
import { asOwner, planHall } from "./desk";
import { canServe, Premises, type Served } from "./serving";

const missing =
  browserPath === null
    ? "there is no browser"
    : canServe
      ? null
      : "GATEHOUSE_PROGRAM and GATEHOUSE_PAGES name nothing that could be stopped and started";
if (missing !== null) console.error(`SKIPPED: the journeys of an office that goes away: ${missing}`);

const ACCOUNT = { name: "Ada Almgren", email: "ada@example.org", password: "harbour lights at noon" };

const GONE = "The office does not answer.";
const BACK = "The office answers again.";

describe.skipIf(missing !== null)("an office that goes away", () => {
  let browser: Browser;
  let premises: Premises;
  let served: Served;
  let hall: string;
  beforeAll(async () => {
    browser = await startBrowser();
    premises = new Premises();
    premises.makeEmpty();
    served = await premises.serve();
    const context = await browser.newContext();
    hall = await planHall(context.request, "Harbour Evening", 30, 21, served);
    await context.close();
  });
  afterAll(async () => {
    await browser?.close();
    await served?.stop();
    premises?.clear();
  });

  const row = (page: Page, name: string) => page.getByRole("grid").getByText(name, { exact: true });

  /** As after a power cut: the program is gone, and is started again where it was. */
  const cut = () => served.stop("SIGKILL");
  const start = async () => {
    served = await premises.serve(new URL(served.root).port);
  };

  const edit = async (page: Page, name: string) => {
    await row(page, name).click();
    await page.getByRole("button", { name: "Edit" }).click();
    return page.getByRole("form", { name: "Change this guest" });
  };

  it("is said to be away; whoever opens its new address lets the older window go on", async () => {
    const { page, context } = await visit(browser, `/events/${hall}/guests`, { at: served });
    const form = await edit(page, "Bruno Almgren 2");
    await form.getByLabel("Company").fill("Northern Quay");
    await cut();
    // Nobody pressed anything: what listens to the event notices.
    await page.getByText(GONE).waitFor();
    await shoot(page, "away");
    expect(await faults(page), "away").toEqual([]);
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").getByText("does not answer").waitFor();
    expect(await form.getByLabel("Company").inputValue()).toBe("Northern Quay");
    await start();
    // The key of the desk is another one now, and nobody has an account.
    const dialog = page.getByRole("dialog", { name: "Open the office anew" });
    await dialog.waitFor({ timeout: 20_000 });
    await shoot(page, "away-anew");
    expect(await faults(page), "anew").toEqual([]);
    const other = await context.newPage();
    await other.goto(`${served.root}/#key=${served.key}`);
    await dialog.waitFor({ state: "detached" });
    await other.close();
    await page.getByText(GONE).waitFor({ state: "detached" });
    expect(await form.getByLabel("Company").inputValue()).toBe("Northern Quay");
    await form.getByRole("button", { name: "Save" }).click();
    await page.getByText("Bruno Almgren 2 was changed.").waitFor();
    await page.getByRole("complementary", { name: "Bruno Almgren 2" }).getByText("Northern Quay").first().waitFor();
    await context.close();
  });

  it("needs no network at all", async () => {
    const { page, context, complaints } = await visit(browser, `/events/${hall}/overview`, { at: served });
    await page.getByText("From the list to the door").waitFor();
    await page.evaluate(() => {
      Object.defineProperty(Navigator.prototype, "onLine", { get: () => false });
      window.dispatchEvent(new Event("offline"));
    });
    await page.getByRole("link", { name: "Invitations", exact: true }).click();
    await page.getByText("Families, tables and companies share an invitation").waitFor();
    await page.getByRole("link", { name: "Guests" }).click();
    await row(page, "Ada Almgren 1").click();
    await page.getByRole("complementary", { name: "Ada Almgren 1" }).getByText("guest1@example.org").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("is found again by whoever has an account, with the news of the time between", async () => {
    premises.addAccount(ACCOUNT.name, ACCOUNT.email, ACCOUNT.password);
    const { page, context } = await visit(browser, `/events/${hall}/guests`, { at: served, owner: false });
    await page.getByLabel("E-mail").fill(ACCOUNT.email);
    await page.getByLabel("Password", { exact: true }).fill(ACCOUNT.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await row(page, "Chiara Almgren 3").waitFor();
    // Once the other screens are there as well.
    await page.waitForFunction(() => {
      const here = performance.getEntriesByType("resource").map(({ name }) => name);
      const asked = [...document.querySelectorAll<HTMLLinkElement>("link[rel=modulepreload], link[rel=stylesheet]")];
      const has = (part: string) => here.some((name) => name.includes(`/${part}-`) && name.endsWith(".js"));
      return has("Invitations") && has("ShortcutsPage") && asked.every(({ href }) => here.includes(href));
    });

    await cut();
    await page.getByText(GONE).waitFor();
    await page.getByRole("link", { name: "Invitations", exact: true }).click();
    await page.getByRole("heading", { level: 1, name: "Invitations" }).waitFor();
    await page.getByRole("alert").getByText("does not answer").waitFor({ timeout: 20_000 });
    await page.keyboard.press("?");
    await page.getByRole("dialog", { name: "Keyboard shortcuts" }).waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("dialog").waitFor({ state: "detached" });
    await page.getByRole("link", { name: "Guests" }).click();
    await page.getByRole("searchbox").fill("latecomer");
    await page.getByText("does not answer").nth(1).waitFor({ timeout: 20_000 });
    await shoot(page, "away-search");

    await start();
    await asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: "Latecomer One" }, served);
    await page.getByText(BACK).waitFor({ timeout: 20_000 });
    await page.getByText(GONE).waitFor({ state: "detached" });
    await row(page, "Latecomer One").waitFor();
    await context.close();
  });

  it("loses no edit whose answer was lost, and makes it once", async () => {
    const { page, context } = await visit(browser, `/events/${hall}/guests`, { at: served });
    // The office takes what is sent; the line breaks before its answer.
    let breaks = true;
    const breaking = async (route: Route) => {
      if (!breaks || route.request().method() === "GET") return route.fallback();
      breaks = false;
      await route.fetch();
      return route.abort("connectionreset");
    };
    await page.route("**/api/guests/*", breaking);
    await page.route("**/api/events/*/guests", breaking);
    const form = await edit(page, "Dmitri Almgren 4");
    await form.getByLabel("Company").fill("Southern Quay");
    await form.getByRole("button", { name: "Save" }).click();
    await form.getByRole("alert").getByText("does not answer").waitFor();
    expect(await form.getByLabel("Company").inputValue()).toBe("Southern Quay");
    await form.getByRole("button", { name: "Save" }).click();
    const pane = page.getByRole("complementary", { name: "Dmitri Almgren 4" });
    await pane.getByRole("button", { name: "Edit" }).waitFor();
    await pane.getByText("Southern Quay").first().waitFor();

    // Somebody new, too, is added once, however often the form is sent.
    await page.getByRole("button", { name: "Add guest" }).click();
    const adding = page.getByRole("form", { name: "Add a guest" });
    await adding.getByRole("textbox", { name: "Name", exact: true }).fill("Noor Haddad");
    breaks = true;
    await adding.locator('button[type="submit"]').click();
    await adding.getByRole("alert").getByText("does not answer").waitFor();
    await adding.locator('button[type="submit"]').click();
    await page.getByRole("complementary", { name: "Noor Haddad" }).waitFor();
    const { items } = await asOwner(context.request, "GET", `/api/events/${hall}/guests?q=noor`, undefined, served);
    expect((items as unknown[]).length).toBe(1);
    await context.close();
  });
});
