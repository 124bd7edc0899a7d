import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, eventCalled, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through tickets: ${missing}`);

describe.skipIf(missing !== null)("tickets", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  describe.each(["light", "dark"] as const)("%s", (scheme) => {
    it("makes a new code, takes a ticket back, and finds it by its status", async () => {
      const { page, context, complaints } = await visit(browser, "/", { scheme });
      const hall = await planHall(context.request, `Ticket Hall ${scheme}`, 20);
      await asOwner(context.request, "POST", `/api/events/${hall}/issue`, {});
      await page.goto(new URL(`/events/${hall}/tickets`, page.url()).href);
      const grid = page.getByRole("grid", { name: "Tickets" });
      await grid.getByText("#7", { exact: true }).click();
      const pane = page.getByRole("complementary");
      await pane.getByRole("img", { name: "Code of ticket #7" }).waitFor();
      await pane.getByText("code 1", { exact: false }).waitFor();
      await shoot(page, `ticket-${scheme}`);
      expect(await faults(page), "ticket").toEqual([]);

      await pane.getByRole("button", { name: "New code" }).click();
      const dialog = page.getByRole("dialog");
      await dialog.getByLabel("Reason").fill("Lost on the tram");
      await shoot(page, `ticket-regenerate-${scheme}`);
      expect(await faults(page), "new code").toEqual([]);
      await dialog.getByRole("button", { name: "New code" }).click();
      await page.getByText("Ticket #7 has a new code.").waitFor();
      await pane.getByText("code 2", { exact: false }).waitFor();

      await pane.getByRole("button", { name: "Take back" }).click();
      await dialog.getByLabel("Reason").fill("Cannot come");
      await dialog.getByRole("button", { name: "Take back" }).click();
      await page.getByText("Ticket #7 is taken back.").waitFor();
      await pane.getByText("Taken back", { exact: true }).waitFor();
      await page.getByRole("main").getByLabel("Status").selectOption("voided");
      await page.getByText("1 found").waitFor();
      await shoot(page, `ticket-void-${scheme}`);
      expect(await faults(page), "taken back").toEqual([]);

      await page.getByRole("searchbox").fill("nobody of that name");
      await page.getByText("Nobody matches “nobody of that name”").waitFor();
      await page.getByRole("button", { name: "Show all tickets" }).click();
      await grid.getByText("#20", { exact: true }).waitFor();
      await grid.getByText("#8", { exact: true }).click();
      await pane.getByRole("button", { name: /^INV-/ }).click();
      await page.waitForURL(/\/invitations\?open=/);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it("gives a ticket to somebody else, whose code opens then", async () => {
      const { page, context, complaints } = await visit(browser, "/", { scheme });
      const hall = await planHall(context.request, `Giving Hall ${scheme}`, 4);
      await asOwner(context.request, "POST", `/api/events/${hall}/issue`, {});
      await page.goto(new URL(`/events/${hall}/tickets`, page.url()).href);
      const grid = page.getByRole("grid", { name: "Tickets" });
      await grid.getByText("#3", { exact: true }).click();
      const pane = page.getByRole("complementary");
      await pane.getByRole("button", { name: "Give to somebody else" }).click();
      const dialog = page.getByRole("dialog", { name: "Give to somebody else" });
      await dialog.getByRole("button", { name: "Give the ticket" }).click();
      await dialog.getByText("Give a name.").waitFor();
      // By the keyboard alone.
      await dialog.getByLabel("Name").focus();
      await page.keyboard.type("Noor Haddad");
      await page.keyboard.press("Tab");
      await page.keyboard.type("noor@example.org");
      await shoot(page, `ticket-transfer-${scheme}`);
      expect(await faults(page), "form").toEqual([]);
      await page.keyboard.press("Enter");
      await page.getByText("Noor Haddad has ticket #5 now. The code of #3 is dead").waitFor();
      await page.getByRole("complementary", { name: "Noor Haddad" }).waitFor();
      await pane.getByRole("img", { name: "Code of ticket #5" }).waitFor();
      await shoot(page, `ticket-transferred-${scheme}`);
      expect(await faults(page), "new ticket").toEqual([]);

      await pane.getByRole("button", { name: "Ticket #3" }).click();
      await pane.getByText("Given away", { exact: true }).waitFor();
      expect(await pane.getByRole("button", { name: "Take back" }).count()).toBe(0);
      expect(await faults(page), "old ticket").toEqual([]);
      await pane.getByRole("button", { name: "Ticket #5" }).click();
      await pane.getByText("Good", { exact: true }).waitFor();

      // Taken back from under the reader: the refusal is said in their words.
      await grid.getByText("#2", { exact: true }).click();
      await pane.getByRole("img", { name: "Code of ticket #2" }).waitFor();
      await pane.getByRole("button", { name: "Give to somebody else" }).click();
      await dialog.getByLabel("Name").fill("Ivo Marek");
      const list = await asOwner(context.request, "GET", `/api/events/${hall}/tickets`);
      const second = (list["items"] as { id: string; number: number }[]).find(({ number }) => number === 2);
      await asOwner(context.request, "POST", `/api/tickets/${second?.id}/void`, { reason: "Cannot come" });
      await dialog.getByRole("button", { name: "Give the ticket" }).click();
      await dialog.getByText("This ticket was taken back; nothing was changed").waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    });

    it("tells what the gates showed, and what a later edit stands in the way of", async () => {
      const { page, context, complaints } = await visit(browser, "/", { scheme });
      const gala = await eventCalled(context.request, "Winter Gala");
      await page.goto(new URL(`/events/${gala}/tickets?status=voided`, page.url()).href);
      await page.locator(rowAt(1)).click();
      await page.getByRole("complementary").getByText(/at Front door/).first().waitFor();
      await shoot(page, `ticket-scans-${scheme}`);
      expect(await faults(page), "scans").toEqual([]);

      const hall = await planHall(context.request, `History Hall ${scheme}`, 3);
      const list = await asOwner(context.request, "GET", `/api/events/${hall}/guests`);
      const [guest] = list["items"] as { id: string }[];
      for (const company of ["Example Arts", "Northern Light"]) {
        await asOwner(context.request, "PUT", `/api/guests/${guest?.id}`, { company });
      }
      await page.goto(new URL(`/events/${hall}/history`, page.url()).href);
      const rows = page.getByRole("grid", { name: "History" });
      await rows.getByText("Changed a guest").nth(1).click();
      const pane = page.getByRole("complementary");
      await pane.getByRole("button", { name: "Undo this" }).click();
      await pane.getByText("A later change touched the same rows").waitFor();
      await shoot(page, `history-refused-${scheme}`);
      expect(await faults(page), "in the way").toEqual([]);
      await rows.getByText("Changed a guest").first().click();
      await pane.getByText("A later change touched the same rows").waitFor({ state: "detached" });
      await pane.getByRole("button", { name: "Undo this" }).click();
      await page.getByText("Undone.").waitFor();
      await pane.getByText("was undone").waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    });
  });
});
