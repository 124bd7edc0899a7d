import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through official invitations: ${missing}`);

describe.skipIf(missing !== null)("official invitations", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("are made, found, sent again and cancelled, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/", { scheme });
    const title = `Reception ${scheme}`;
    await planHall(context.request, title, 0);
    await page.goto(new URL("/official", page.url()).href);
    if (scheme === "light") {
      await page.getByText("For guests of honour").waitFor();
      await shoot(page, "official-empty");
      expect(await faults(page), "empty").toEqual([]);
    }
    await page.getByRole("button", { name: "New official invitation" }).first().click();
    const dialog = page.getByRole("dialog", { name: "New official invitation" });
    await dialog.getByLabel("Name", { exact: true }).fill("Marta Oyelaran");
    await dialog.getByLabel("Phone").fill("7700 900123");
    await dialog.getByLabel("E-mail").fill("marta@example.org");
    const event = dialog.getByLabel("Event");
    const choice = await event.locator("option", { hasText: title }).getAttribute("value");
    await event.selectOption(choice);
    await dialog.getByLabel(/VIP/).check();
    await dialog.getByLabel("Codes").fill("3");
    await dialog.getByLabel("Personal message").fill("We would be honoured.");
    await dialog.getByRole("button", { name: "Issue and send" }).click();
    await dialog.getByText(/with its country/).first().waitFor();
    await shoot(page, `official-form-${scheme}`);
    expect(await faults(page), "form").toEqual([]);
    expect(await dialog.getByLabel("Personal message").inputValue()).toBe("We would be honoured.");
    await dialog.getByLabel("Phone").fill("+44 7700 900123");
    await dialog.getByRole("button", { name: "Issue and send" }).click();

    const pane = page.getByRole("complementary", { name: "Marta Oyelaran" });
    await pane.getByRole("img", { name: /Code of ticket/ }).nth(2).waitFor();
    await pane.getByText("not shown at a gate yet").first().waitFor();
    await shoot(page, `official-${scheme}`);
    expect(await faults(page), "official").toEqual([]);
    await pane.getByRole("button", { name: "Send again" }).click();
    await page.getByText("Its message waits in the outbox already.").waitFor();

    const filters = page.getByRole("group", { name: "Narrow the list" });
    await filters.getByLabel("Event").selectOption(choice);
    await filters.getByLabel("From").fill("01/02/2020");
    await filters.getByLabel("From").press("Enter");
    await page.waitForURL(/from=2020-02-01/);
    await page.getByRole("searchbox").fill("900123");
    await page.waitForURL(/q=900123/);
    await page.getByRole("grid").getByText("Marta Oyelaran").waitFor();
    await filters.getByLabel("Message").selectOption("cancelled");
    await page.getByText("No official invitation matches").waitFor();
    await page.getByRole("button", { name: "Show all" }).click();

    await pane.getByRole("button", { name: "Cancel invitation" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel invitation" }).click();
    await page.getByText("The invitation of Marta Oyelaran is cancelled.").waitFor();
    await pane.getByText("Cancelled", { exact: true }).waitFor();
    await shoot(page, `official-cancelled-${scheme}`);
    expect(await faults(page), "cancelled").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
