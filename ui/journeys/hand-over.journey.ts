import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, downloaded, faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";
import { canServe, Premises, type Served } from "./serving";

const missing = whyNot() ?? (canServe ? null : "GATEHOUSE_PROGRAM makes no second office");
if (missing !== null) console.error(`SKIPPED: the journey from machine to machine: ${missing}`);

const PASSPHRASE = "lanterns over the quay";

describe.skipIf(missing !== null)("an event", () => {
  let browser: Browser;
  let premises: Premises;
  let other: Served;
  beforeAll(async () => {
    browser = await startBrowser();
    premises = new Premises();
    premises.makeEmpty();
    other = await premises.serve();
  });
  afterAll(async () => {
    await other?.stop();
    premises?.clear();
    await browser?.close();
  });

  it("goes to another machine, which goes on, and is taken back", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    const hall = await planHall(context.request, "Moving Hall", 6);
    await asOwner(context.request, "POST", `/api/events/${hall}/issue`, {});
    const at = (place: string) => new URL(`/events/${hall}/${place}`, page.url()).href;
    await page.goto(at("setup?section=hand_over"));
    await page.getByText("This machine stops changing the event").waitFor();
    await shoot(page, "hand-over");
    expect(await faults(page), "before").toEqual([]);
    await page.getByLabel("Passphrase", { exact: true }).fill(PASSPHRASE);
    await page.getByLabel("The passphrase again").fill(PASSPHRASE);
    const file = await downloaded(page, () =>
      page.getByRole("button", { name: "Hand the event over" }).click(),
    );
    await page.getByText(`${file.name} is made and downloaded.`).waitFor();

    // Every page of the event says it, and nothing can be changed.
    const banner = page.getByRole("region", { name: "Handed over" });
    for (const place of ["overview", "guests", "tickets", "setup", "print"]) {
      await page.goto(at(place));
      await banner.getByText(/^Handed over on/).waitFor();
      await page.getByRole("heading", { level: 1 }).waitFor();
      for (const scheme of ["light", "dark"] as const) {
        await page.emulateMedia({ colorScheme: scheme });
        await shoot(page, `handed-over-${place}-${scheme}`);
        expect(await faults(page), `${place}, ${scheme}`).toEqual([]);
      }
    }
    await page.goto(at("guests"));
    expect(await page.getByRole("button", { name: "Add guest" }).isDisabled()).toBe(true);
    await expect(
      asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: "Too Late" }),
    ).rejects.toThrow("event_handed_over");
    await page.goto(new URL("/", page.url()).href);
    await page.getByRole("link", { name: /Moving Hall.*Handed over/ }).waitFor();

    const there = await visit(browser, "/settings/backup", { at: other });
    await choose(there.page, () => there.page.getByRole("button", { name: "Choose a backup" }).click(), file.path);
    const restore = there.page.getByRole("region", { name: "Restore" });
    await restore.getByLabel("Passphrase").fill(PASSPHRASE);
    await there.page.keyboard.press("Enter");
    await restore.getByLabel("Moving Hall").waitFor();
    await shoot(there.page, "take-in");
    expect(await faults(there.page), "take in").toEqual([]);
    await there.page.getByRole("button", { name: "Bring 1 event back" }).click();
    await restore.getByRole("link", { name: "Moving Hall" }).click();
    await there.page.getByRole("heading", { level: 1, name: "Moving Hall" }).waitFor();
    expect(await there.page.getByText(/^Handed over on/).count()).toBe(0);
    await there.page.getByRole("link", { name: "Guests" }).click();
    await there.page.getByRole("button", { name: "Add guest" }).click();
    const form = there.page.getByRole("form", { name: "Add a guest" });
    await form.getByRole("textbox", { name: "Name", exact: true }).fill("Noor Haddad");
    await form.getByRole("button", { name: "Save", exact: true }).click();
    await there.page.getByText("Noor Haddad is on the list.").waitFor();
    expect(there.complaints).toEqual([]);
    await there.context.close();

    await page.goto(at("overview"));
    await banner.getByRole("button", { name: "Take it back" }).click();
    const dialog = page.getByRole("dialog", { name: "Take it back" });
    await dialog.getByText("The other machine’s copy is refused from then on").waitFor();
    await shoot(page, "take-back");
    expect(await faults(page), "take back").toEqual([]);
    await dialog.getByRole("button", { name: "Take it back" }).click();
    await page.getByText("“Moving Hall” is changed here again.").waitFor();
    await banner.waitFor({ state: "detached" });
    await asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: "In Time" });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
