import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, shoot, startBrowser, visit, whyNot } from "./browser";

/** An account of the office that is visited. */
const email = process.env["GATEHOUSE_EMAIL"];
const password = process.env["GATEHOUSE_PASSWORD"];

const missing =
  whyNot() ??
  (email === undefined || password === undefined
    ? "GATEHOUSE_EMAIL and GATEHOUSE_PASSWORD name no account"
    : null);
if (missing !== null) console.error(`SKIPPED: the journeys through the door: ${missing}`);

describe.skipIf(missing !== null)("the door", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("is shown without a fault, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/", { scheme, owner: false });
    await page.getByLabel("Password", { exact: true }).waitFor();
    await shoot(page, `sign-in-${scheme}`);
    expect(await faults(page)).toEqual([]);
    await page.getByLabel("E-mail").fill(email ?? "");
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").waitFor();
    await shoot(page, `sign-in-refused-${scheme}`);
    expect(await faults(page), "refused").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("lets in, keeps the session over a reload, and asks again over the work", async () => {
    const { page, context, complaints } = await visit(browser, "/", { owner: false });
    const signIn = async () => {
      await page.getByLabel("Password", { exact: true }).fill(password ?? "");
      await page.getByRole("button", { name: "Sign in" }).click();
    };
    await page.getByLabel("E-mail").fill(email ?? "");
    await signIn();
    await page.getByRole("region", { name: "Events" }).getByRole("link").first().click();
    await page.waitForURL(/\/overview$/);
    await page.goto(page.url().replace("/overview", "/guests"));
    const search = page.getByRole("searchbox");
    await search.waitFor();

    // The session ends elsewhere: every token is refused from now on, and the cookie is gone.
    let ended = true;
    await page.route("**/api/**", (route) => {
      const path = new URL(route.request().url()).pathname;
      if (path === "/api/auth/login") ended = false;
      if (!ended || path === "/api/health") return route.continue();
      return route.fulfill({
        status: 401,
        contentType: "application/problem+json",
        body: JSON.stringify({
          type: "about:blank",
          status: 401,
          code: "signed_out",
          detail: "sign in",
        }),
      });
    });
    await search.fill("a");
    const dialog = page.getByRole("dialog", { name: "Please sign in again" });
    await dialog.waitFor();
    await shoot(page, "sign-in-again");
    expect(await faults(page), "again").toEqual([]);
    await signIn();
    await dialog.waitFor({ state: "detached" });
    expect(await search.inputValue()).toBe("a");
    await page.getByText(/found/).waitFor();

    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("Password", { exact: true }).waitFor();
    await page.goto(`${office}/`);
    await page.getByLabel("Password", { exact: true }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });
});
