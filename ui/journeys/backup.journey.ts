import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, downloaded, faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of backups: ${missing}`);

const PASSPHRASE = "lanterns over the quay";

describe.skipIf(missing !== null)("backups", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  const restore = (page: Page) => page.getByRole("region", { name: "Restore" });
  const give = (page: Page, path: string) =>
    choose(page, () => page.getByRole("button", { name: "Choose a backup" }).click(), path);

  it.each(["light", "dark"] as const)("are made with a passphrase and brought back beside what is here, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/settings/backup", { scheme });
    const title = `Kept Hall ${scheme}`;
    const hall = await planHall(context.request, title, 5);
    await page.reload();
    await page.getByText("The whole workspace was never backed up.").waitFor();
    await page.getByLabel("Some events").check();
    await page.getByLabel(title).check();
    await page.getByLabel("Passphrase", { exact: true }).fill("short");
    await page.getByLabel("The passphrase again").fill("short");
    await page.getByText("Choose at least 8 characters.").waitFor();
    await shoot(page, `backup-${scheme}`);
    expect(await faults(page), "backup").toEqual([]);
    await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await page.getByLabel("The passphrase again").fill("lanterns over it");
    await page.getByText("The two are not the same.").waitFor();
    await page.getByLabel("The passphrase again").fill(PASSPHRASE);
    const file = await downloaded(page, () => page.getByRole("button", { name: "Make the backup" }).click());
    await page.getByText(`${file.name} is made and downloaded.`).waitFor();

    // A guest who comes after the backup is not in it.
    await asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: "Late Guest" });
    await give(page, file.path);
    const passphrase = restore(page).getByLabel("Passphrase");
    await passphrase.fill("not the passphrase");
    await page.keyboard.press("Enter");
    await page.getByText("This is not the passphrase of this file.").waitFor();
    await shoot(page, `restore-wrong-${scheme}`);
    expect(await faults(page), "wrong passphrase").toEqual([]);
    await passphrase.fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await restore(page).getByText("is here too", { exact: false }).waitFor();
    await restore(page).getByLabel(title).check();
    await page.getByText("1 event that is here is put aside, not lost").waitFor();
    await shoot(page, `restore-choose-${scheme}`);
    expect(await faults(page), "choose").toEqual([]);
    await page.getByRole("button", { name: "Bring 1 event back" }).click();
    await page.getByText("1 event is back.").waitFor();
    await page.getByText("1 event that was here is put aside").waitFor();
    await shoot(page, `restored-${scheme}`);
    expect(await faults(page), "restored").toEqual([]);
    await restore(page).getByRole("link", { name: title }).click();
    await page.getByRole("heading", { level: 1, name: title }).waitFor();
    await page.getByRole("button", { name: /^5.*on the list/ }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("without a passphrase open with the recovery kit alone", async () => {
    const { page, context, complaints } = await visit(browser, "/settings/backup");
    await planHall(context.request, "Open Hall", 2);
    await page.reload();
    await page.getByLabel("Some events").check();
    await page.getByLabel("Open Hall").check();
    await page.getByLabel("Protect it with a passphrase").uncheck();
    await page.getByText("Whoever has the file can then read the names").waitFor();
    const file = await downloaded(page, () => page.getByRole("button", { name: "Make the backup" }).click());
    await give(page, file.path);
    await restore(page).getByText("Open Hall").waitFor();
    await shoot(page, "restore-open");
    expect(await faults(page), "open").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("say what a file is that is none, and let another be chosen", async () => {
    const { page, context, complaints } = await visit(browser, "/settings/backup");
    await choose(page, () => page.getByRole("button", { name: "Choose a backup" }).click(), {
      name: "holiday.jpg",
      mimeType: "image/jpeg",
      buffer: Buffer.from("no backup at all"),
    });
    await restore(page).getByRole("alert").waitFor();
    await shoot(page, "restore-none");
    expect(await faults(page), "none").toEqual([]);
    await page.getByRole("button", { name: "Choose a backup" }).waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  // The last: the office waits for its restart afterwards.
  it("bring a whole workspace back, after which the program is started anew", async () => {
    const { page, context, complaints } = await visit(browser, "/settings/backup");
    await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await page.getByLabel("The passphrase again").fill(PASSPHRASE);
    const file = await downloaded(page, () => page.getByRole("button", { name: "Make the backup" }).click());
    await page.getByText(/^Last backup of the whole workspace:/).waitFor();
    await give(page, file.path);
    await restore(page).getByLabel("Passphrase").fill(PASSPHRASE);
    await page.keyboard.press("Enter");
    await restore(page).getByLabel("The whole workspace").check();
    await page.getByRole("button", { name: "Bring the whole workspace back" }).click();
    const dialog = page.getByRole("dialog");
    await shoot(page, "restore-all");
    expect(await faults(page), "whole").toEqual([]);
    await dialog.getByRole("button", { name: "Bring the whole workspace back" }).click();
    await page.getByText("Gatehouse must be started anew.").waitFor();
    await page.getByText("Close Gatehouse on the office’s computer").waitFor();
    await shoot(page, "restore-restart");
    expect(await faults(page), "restart").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
