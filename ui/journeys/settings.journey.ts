import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, shoot, startBrowser, visit, whyNot } from "./browser";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through the settings: ${missing}`);

const OWNER = { email: "iris@example.org", password: "lanterns over the quay" };
const SECOND = { email: "tomas@example.org", password: "first day at the desk" };

describe.skipIf(missing !== null)("the settings", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("show keys, the recovery kit and the office's history, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/settings", { scheme });
    await page.getByText("This office has no password yet").waitFor();
    await shoot(page, `settings-account-${scheme}`);
    expect(await faults(page), "account").toEqual([]);

    await page.getByRole("link", { name: "Signing keys" }).click();
    await page.getByText("signs now").first().waitFor();
    await page.getByRole("button", { name: "Make a new key" }).click();
    await page.getByText(/^Key \d signs from now on\.$/).waitFor();
    await page.getByText("still checked").first().waitFor();
    await shoot(page, `settings-keys-${scheme}`);
    expect(await faults(page), "keys").toEqual([]);
    const revoke = page.getByRole("button", { name: /Take back: key \d/, disabled: false });
    await revoke.first().click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Take back" }).click();
    await page.getByText(/^Key \d is taken back\.$/).waitFor();

    await page.getByRole("link", { name: "Recovery kit" }).click();
    await page.getByRole("button", { name: "Make a recovery kit" }).click();
    await page.getByText("Write it down now").waitFor();
    await shoot(page, `settings-recovery-${scheme}`);
    expect(await faults(page), "recovery").toEqual([]);
    for (const [button, name] of [
      ["Download the page (PDF)", "gatehouse-recovery-page.pdf"],
      ["Download the kit (text)", "gatehouse-recovery-kit.txt"],
    ] as const) {
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: button }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(name);
    }
    await page.getByLabel("I have written the code down").check();
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("button", { name: "Make a recovery kit" }).waitFor();

    await page.getByRole("link", { name: "People" }).click();
    await page.getByText("Nobody needs a password here yet").waitFor();
    await shoot(page, `settings-nobody-${scheme}`);
    expect(await faults(page), "nobody").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("makes two accounts, after which a password is asked for, and a wrong one is said", async () => {
    const { page, context, complaints } = await visit(browser, "/settings/users");
    await page.getByRole("button", { name: "Add person" }).first().click();
    const first = page.getByRole("dialog", { name: "Your own account first" });
    await first.getByLabel("Your name").fill("Iris Vantongeren");
    await first.getByLabel("E-mail").fill(OWNER.email);
    await first.getByLabel("Password", { exact: true }).fill("short");
    await first.getByRole("button", { name: "Create account" }).click();
    await first.getByText(/at least 10 characters/).last().waitFor();
    await first.getByLabel("Password", { exact: true }).fill(OWNER.password);
    await shoot(page, "settings-first-account");
    expect(await faults(page), "first account").toEqual([]);
    await first.getByRole("button", { name: "Create account" }).click();
    await page.getByRole("grid", { name: "People" }).getByText("Iris Vantongeren").waitFor();

    await page.getByRole("button", { name: "Add person" }).click();
    const dialog = page.getByRole("dialog", { name: "Add person" });
    await dialog.getByLabel("Name", { exact: true }).fill("Tomás Ferreira");
    await dialog.getByLabel("E-mail").fill(SECOND.email);
    await dialog.getByLabel("Role").selectOption("viewer");
    await dialog.getByLabel("First password").fill(SECOND.password);
    await shoot(page, "settings-add-person");
    expect(await faults(page), "add person").toEqual([]);
    await dialog.getByRole("button", { name: "Add person" }).click();
    const grid = page.getByRole("grid", { name: "People" });
    await grid.getByText("Tomás Ferreira").click();
    const pane = page.getByRole("complementary", { name: "Tomás Ferreira" });
    await pane.getByLabel("Role").selectOption("staff");
    await pane.getByRole("button", { name: "Save" }).click();
    await page.getByText("Tomás Ferreira is changed.").waitFor();
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await shoot(page, `settings-people-${scheme}`);
      expect(await faults(page), `people, ${scheme}`).toEqual([]);
    }
    await page.getByRole("link", { name: "Office history" }).click();
    await page.getByText("Added an account").waitFor();
    await shoot(page, "settings-audit");
    expect(await faults(page), "history").toEqual([]);

    await page.getByRole("link", { name: "My account" }).click();
    await page.getByLabel("Your name").fill("Iris van Tongeren");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("button", { name: "Account: Iris van Tongeren" }).waitFor();
    const changed = `${OWNER.password}, again`;
    await page.getByLabel("New password", { exact: true }).fill(changed);
    await page.getByLabel("The same again", { exact: true }).fill(changed);
    await shoot(page, "settings-own-account");
    expect(await faults(page), "own account").toEqual([]);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed.").waitFor();

    await page.getByRole("button", { name: /^Account/ }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("Password", { exact: true }).waitFor();
    await page.goto(`${office}/settings/users`);
    await page.getByLabel("E-mail").fill(SECOND.email);
    await page.getByLabel("Password", { exact: true }).fill("not the password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("alert").getByText("E-mail and password do not match").waitFor();
    await page.getByLabel("Password", { exact: true }).fill(SECOND.password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByRole("button", { name: "Account: Tomás Ferreira" }).waitFor();
    // The staff see their own account only, and no official invitations.
    await page.goto(`${office}/settings/account`);
    await page.getByRole("navigation", { name: "Office settings" }).getByRole("link").first().waitFor();
    expect(
      await page.getByRole("navigation", { name: "Office settings" }).getByRole("link").allTextContents(),
    ).toEqual(["My account"]);
    expect(await page.getByRole("link", { name: "Official invitations" }).count()).toBe(0);
    await shoot(page, "settings-staff");
    expect(await faults(page), "staff").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
