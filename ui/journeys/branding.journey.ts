import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";
import { logo } from "./picture";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of the branding: ${missing}`);

const FONT = fileURLToPath(new URL("../../assets/fonts/Inter-Bold.ttf", import.meta.url));

describe.skipIf(missing !== null)("the branding", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  const sample = (page: Page) => page.getByRole("img", { name: "Sample ticket" });
  /** The picture as it is shown now; another address for each. */
  const shown = async (page: Page) => (await sample(page).getAttribute("src")) ?? "";
  const drawnAnew = async (page: Page, before: string) =>
    page.waitForFunction(
      (old) => {
        const picture = document.querySelector<HTMLImageElement>("section[aria-labelledby=sample] img");
        return picture !== null && picture.src !== old && picture.complete && picture.naturalWidth > 0;
      },
      before,
    );

  it.each(["light", "dark"] as const)("draws a ticket while it is chosen, and keeps it, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/settings/branding", { scheme });
    await sample(page).waitFor();
    await shoot(page, `branding-${scheme}`);
    expect(await faults(page), "branding").toEqual([]);
    const box = await sample(page).boundingBox();

    let before = await shown(page);
    await page.getByRole("button", { name: "Teal" }).click();
    await drawnAnew(page, before);
    expect(await sample(page).boundingBox()).toEqual(box);
    await page.getByLabel("Colour", { exact: true }).fill("#777777");
    await page.getByText("Neither white nor black text reads well").waitFor();
    await shoot(page, `branding-colour-${scheme}`);
    expect(await faults(page), "colour").toEqual([]);
    await page.getByLabel("Colour", { exact: true }).fill("#7a2e7d");
    await page.getByLabel("Organizer").fill(`Lantern Society ${scheme}`);
    expect(await page.getByText("Neither white nor black text reads well").count()).toBe(0);

    before = await shown(page);
    await choose(page, () => page.getByRole("button", { name: "Choose a logo" }).click(), {
      name: "mark.png",
      mimeType: "image/png",
      buffer: logo(),
    });
    await page.getByText("The logo is kept.").waitFor();
    await page.getByRole("img", { name: /^Logo of/ }).waitFor();
    await drawnAnew(page, before);
    // What was typed is still there.
    expect(await page.getByLabel("Organizer").inputValue()).toBe(`Lantern Society ${scheme}`);
    await choose(page, () => page.getByRole("button", { name: "Choose a logo" }).or(page.getByRole("button", { name: "Choose another logo" })).click(), {
      name: "large.png",
      mimeType: "image/png",
      buffer: Buffer.alloc(2 * 1024 * 1024 + 1),
    });
    await page.getByText("This file is larger than 2 MB.").waitFor();
    await choose(page, () => page.getByRole("button", { name: "Choose another logo" }).click(), {
      name: "words.png",
      mimeType: "image/png",
      buffer: Buffer.from("These are words."),
    });
    await page.getByRole("group", { name: "Logo" }).getByRole("alert").waitFor();
    await choose(page, () => page.getByRole("button", { name: "Choose a font file" }).click(), FONT);
    await page.getByText("The font is kept.", { exact: false }).waitFor();
    await page.getByRole("combobox", { name: "Font of tickets and pages" }).click();
    before = await shown(page);
    await page.getByRole("option").last().click();
    await drawnAnew(page, before);

    await page.getByLabel("Name", { exact: true }).fill("Lantern desk");
    await page.getByLabel("E-mail address").fill("no address");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator('[aria-invalid="true"]').waitFor();
    await page.getByLabel("E-mail address").fill("desk@example.org");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("The branding is changed.").waitFor();
    await shoot(page, `branding-saved-${scheme}`);
    expect(await faults(page), "saved").toEqual([]);
    const kept = await asOwner(context.request, "GET", "/api/branding");
    expect(kept).toMatchObject({
      organizer: `Lantern Society ${scheme}`,
      colour: "#7a2e7d",
      font: "own",
      has_logo: true,
      sender_name: "Lantern desk",
      sender_email: "desk@example.org",
    });

    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Undone.").waitFor();
    expect((await asOwner(context.request, "GET", "/api/branding"))["font"]).toBe("inter");
    await page.getByRole("button", { name: "Remove the logo" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove the logo" }).click();
    await page.getByText("The logo was removed.").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("img", { name: /^Logo of/ }).waitFor();
    await page.getByRole("button", { name: "Remove the logo" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove the logo" }).click();
    await page.getByText("no logo").waitFor();
    await page.getByRole("button", { name: "Remove the font" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Remove the font" }).click();
    await page.getByText("The font was removed.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("tells the second of two who change it", async () => {
    const { page, context, complaints } = await visit(browser, "/settings/branding");
    await page.getByLabel("Organizer").fill("Mine");
    const now = await asOwner(context.request, "GET", "/api/branding");
    const { colour, font, sender_name, sender_email } = now;
    const theirs = { organizer: "Theirs", colour, font, sender_name, sender_email };
    await asOwner(context.request, "PUT", "/api/branding", theirs);
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByRole("alert").getByText("Somebody else changed the same").waitFor();
    await page.getByLabel("Mine").check();
    await shoot(page, "branding-conflict");
    expect(await faults(page), "conflict").toEqual([]);
    await page.getByRole("button", { name: "Save this choice" }).click();
    await page.getByText("The branding is changed.").waitFor();
    expect((await asOwner(context.request, "GET", "/api/branding"))["organizer"]).toBe("Mine");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
