import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through batches: ${missing}`);

/** So many that issuing them lasts long enough to be paused. */
const BLANK = 3_000;

describe.skipIf(missing !== null)("batches", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  describe.each(["light", "dark"] as const)("%s", (scheme) => {
    it("issues 300 tickets, pauses a larger batch, goes on, sends, calls off, prints", async () => {
      const { page, context, complaints } = await visit(browser, "/", { scheme });
      const hall = await planHall(context.request, `Harbour Hall ${scheme}`, 300);
      // The largest key signs slowest.
      await asOwner(context.request, "POST", `/api/events/${hall}/keys`, { profile: "rsa-4096" });
      await page.goto(new URL(`/events/${hall}/invitations`, page.url()).href);

      await page.getByText("Families, tables and companies share an invitation").waitFor();
      await shoot(page, `invitations-empty-${scheme}`);
      expect(await faults(page), "empty").toEqual([]);
      const tray = page.getByRole("region", { name: "Work under way" });
      await page.getByRole("button", { name: "Issue tickets" }).first().click();
      await tray.getByText("300 tickets issued").waitFor();
      const grid = page.getByRole("grid", { name: "Invitations" });
      await grid.getByText("Ada Almgren 1", { exact: true }).click();
      const pane = page.getByRole("complementary");
      await pane.getByText("Ticket #1").waitFor();
      await shoot(page, `invitation-${scheme}`);
      expect(await faults(page), "invitation").toEqual([]);
      await pane.getByRole("button", { name: "Check in" }).click();
      const refused = page.getByRole("dialog", { name: "Check-in at the desk" });
      await refused.getByText("Doors not open yet").waitFor();
      await shoot(page, `check-in-refused-${scheme}`);
      expect(await faults(page), "refused").toEqual([]);
      await page.keyboard.press("Escape");
      await refused.waitFor({ state: "detached" });

      await page.getByRole("link", { name: "Batches" }).click();
      await page.getByRole("grid", { name: "Batches" }).getByText("Ready").waitFor();
      await page.getByRole("button", { name: "New batch" }).click();
      const dialog = page.getByRole("dialog", { name: "New batch" });
      await dialog.getByRole("textbox", { name: "Name" }).fill("At the door");
      await dialog.getByLabel("Blank ones, without names").check();
      await dialog.getByLabel("How many").fill(String(BLANK));
      await shoot(page, `new-batch-${scheme}`);
      expect(await faults(page), "new batch").toEqual([]);
      await dialog.getByRole("button", { name: "Make and generate" }).click();
      await tray.getByRole("button", { name: "Pause" }).click();
      await tray.getByText(/paused at/).waitFor();
      await shoot(page, `batch-paused-${scheme}`);
      expect(await faults(page), "paused").toEqual([]);
      await pane.getByText("Being made").waitFor();
      await tray.getByRole("button", { name: "Go on" }).click();
      await tray.getByText(/tickets issued/).waitFor({ timeout: 90_000 });
      await pane.getByText("Ready", { exact: true }).waitFor();
      await pane.getByRole("button", { name: "Call the batch off" }).click();
      await page.getByLabel("Reason").fill("Printed twice");
      await shoot(page, `batch-cancel-${scheme}`);
      expect(await faults(page), "cancel").toEqual([]);
      await page
        .getByRole("dialog")
        .getByRole("button", { name: "Call the batch off" })
        .click();
      await page.getByText("3,000 tickets taken back.").waitFor();
      await pane.getByText("Its tickets are refused at the door.").waitFor();

      await page.getByRole("grid", { name: "Batches" }).getByText("Batch 1").click();
      await pane.getByRole("button", { name: "Put into the outbox" }).click();
      await page.getByText("300 messages wait in the outbox.").waitFor();
      await pane.getByText("Waits in the outbox").waitFor();
      await shoot(page, `batch-${scheme}`);
      expect(await faults(page), "batch").toEqual([]);

      await page.getByRole("link", { name: "Print and files" }).click();
      await page.getByRole("img", { name: "First page on A4" }).waitFor();
      await shoot(page, `print-${scheme}`);
      expect(await faults(page), "print").toEqual([]);
      await page.getByLabel("Sheet").selectOption("a6");
      await page.getByRole("img", { name: "First page on A6" }).waitFor();
      const [file] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Make the PDF" }).click(),
      ]);
      expect(file.suggestedFilename()).toBe(`harbour-hall-${scheme}-tickets.pdf`);
      await page.getByText(/tickets.pdf is made/).waitFor();
      await page.getByText(/0\.\d+ mm/).waitFor();
      const [table] = await Promise.all([
        page.waitForEvent("download"),
        page.getByRole("button", { name: "Make: Table (CSV)" }).click(),
      ]);
      expect(table.suggestedFilename()).toBe(`harbour-hall-${scheme}-tickets.csv`);
      await page.getByText(/tickets.csv is made/).waitFor();
      await shoot(page, `print-made-${scheme}`);
      expect(await faults(page), "made").toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });

    it("invites some by hand, names a plus-one, answers, seats, checks in and takes back", async () => {
      const { page, context, complaints } = await visit(browser, "/", { scheme });
      const hall = await planHall(context.request, `Small Hall ${scheme}`, 12, 0);
      await page.goto(new URL(`/events/${hall}/invitations`, page.url()).href);
      await page.getByRole("button", { name: "New invitation" }).click();
      const dialog = page.getByRole("dialog", { name: "New invitation" });
      await dialog.getByLabel(/Chiara Castaño|Chiara Almgren 3/).check();
      await dialog.getByLabel(/Dmitri Almgren 4/).check();
      await dialog.getByLabel("Plus-ones, named later").fill("1");
      await dialog.getByLabel("Name of the invitation").fill("Table of honour");
      await shoot(page, `new-invitation-${scheme}`);
      expect(await faults(page), "new invitation").toEqual([]);
      await dialog.getByRole("button", { name: "Make invitation" }).click();
      const pane = page.getByRole("complementary", { name: "Table of honour" });
      await pane.getByText("plus-one of Chiara Almgren 3").waitFor();
      await pane.getByRole("button", { name: "Say who comes along" }).click();
      const naming = page.getByRole("dialog", { name: /Plus-one of/ });
      await naming.getByLabel("Name", { exact: true }).fill("Noor Haddad");
      await shoot(page, `plus-one-${scheme}`);
      expect(await faults(page), "plus-one").toEqual([]);
      await naming.getByRole("button", { name: "Save" }).click();
      await pane.getByRole("button", { name: "Noor Haddad", exact: true }).waitFor();

      await pane.getByLabel("Answer of Noor Haddad").selectOption("accepted");
      await page.getByText("Answer of Noor Haddad changed.").waitFor();
      await page.getByRole("button", { name: "Undo" }).last().click();
      await page.getByText("Undone.").waitFor();
      await pane.getByRole("button", { name: "Change the seat of Noor Haddad" }).click();
      await pane.getByLabel("Seat of Noor Haddad").fill("Table 1 · Seat 3");
      await pane.getByRole("button", { name: "Save" }).click();
      await pane.getByText("Table 1 · Seat 3").waitFor();

      await page.getByRole("button", { name: "Issue tickets" }).click();
      await page.getByText("13 tickets issued").waitFor();
      await pane.getByRole("button", { name: "Check in" }).first().click();
      const shown = page.getByRole("dialog", { name: "Check-in at the desk" });
      await shown.getByText("Welcomed in").waitFor();
      await shoot(page, `check-in-${scheme}`);
      expect(await faults(page), "check-in").toEqual([]);
      await shown.getByRole("button", { name: "Close" }).last().click();
      await shown.waitFor({ state: "detached" });
      await pane.getByText(/came in/).first().waitFor();

      const [pdf] = await Promise.all([
        page.waitForEvent("download"),
        pane.getByRole("button", { name: "Download PDF" }).click(),
      ]);
      expect(pdf.suggestedFilename()).toMatch(/^INV-\d+\.pdf$/);
      await pane.getByRole("button", { name: "Take all tickets back" }).click();
      await page.getByLabel("Reason").fill("Invited twice");
      await page.getByRole("dialog").getByRole("button", { name: "Take tickets back" }).click();
      await page.getByText("3 tickets taken back.").waitFor();
      await shoot(page, `invitation-void-${scheme}`);
      expect(await faults(page), "taken back").toEqual([]);
      expect(complaints).toEqual([]);
      await context.close();
    });
  });
});
