import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { choose, faults, type MadeUp, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";
import { logo } from "./picture";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey through photos: ${missing}`);

const png = (name: string, buffer: Buffer): MadeUp => ({ name, mimeType: "image/png", buffer });

describe.skipIf(missing !== null)("an event's photos", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  const gallery = (page: Page) => page.getByRole("list", { name: "Photos, the cover first" });
  const waiting = (page: Page, file: string) => page.getByRole("group", { name: file });

  it.each(["light", "dark"] as const)("are asked for, added, described and removed, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/", { scheme });
    const hall = await planHall(context.request, `Open Hall ${scheme}`, 0);
    await asOwner(context.request, "PUT", `/api/events/${hall}`, { visibility: "public" });
    await page.goto(new URL(`/events/${hall}/overview`, page.url()).href);

    // What is missing leads to where it is mended.
    await page.getByRole("link", { name: /^Mend: A public event shows at least 3 photos/ }).click();
    await page.waitForURL(/section=photos/);
    await page.getByText("3 more photos are needed for a public event.").waitFor();
    await shoot(page, `photos-none-${scheme}`);
    expect(await faults(page), "none").toEqual([]);

    await choose(page, () => page.getByRole("button", { name: "Choose photos" }).click(), [
      png("quay.png", logo(300, 200)),
      png("stairs.png", logo(200, 300)),
      png("notes.txt", Buffer.from("These are words.")),
      png("words.png", Buffer.from("These are words.")),
      png("large.png", Buffer.alloc(10 * 1024 * 1024 + 1)),
    ]);
    await page.getByText("notes.txt is no PNG, JPEG or WebP picture and was left out.").waitFor();
    await page.getByText("large.png is larger than 10 MB and was left out.").waitFor();
    // The first one asks at once; the next is two keys on, past the button that leaves one out.
    await page.keyboard.type("The quay at dusk");
    await page.keyboard.press("Tab");
    await page.keyboard.press("Tab");
    await page.keyboard.type("The old stairs");
    await shoot(page, `photos-waiting-${scheme}`);
    expect(await faults(page), "waiting").toEqual([]);
    await page.keyboard.press("Enter");
    await page.getByText("2 photos were added.").waitFor();
    await waiting(page, "words.png").getByRole("alert").getByText("It was not added.").waitFor();
    expect(await waiting(page, "quay.png").count()).toBe(0);
    await page.getByText("1 more photo is needed for a public event.").waitFor();
    await waiting(page, "words.png").getByRole("button", { name: "Leave out: words.png" }).click();

    // Dropped anywhere on the page.
    const bytes = [...logo(240, 160)];
    const dropped = await page.evaluateHandle((content) => {
      const files = new DataTransfer();
      files.items.add(new File([new Uint8Array(content)], "hall.png", { type: "image/png" }));
      return files;
    }, bytes);
    await page.dispatchEvent("main", "dragenter", { dataTransfer: dropped });
    const veil = page.getByText("Drop photos here").last();
    await veil.waitFor();
    await veil.dispatchEvent("drop", { dataTransfer: dropped });
    await waiting(page, "hall.png").waitFor();
    await page.keyboard.type("The hall, set for sixty");
    await page.getByRole("button", { name: "Add 1 photo" }).click();
    await page.getByText("1 photo was added.").waitFor();
    const pictures = gallery(page).getByRole("img");
    await gallery(page).getByRole("img", { name: "The hall, set for sixty" }).waitFor();
    expect(await pictures.count()).toBe(3);
    expect(await pictures.first().getAttribute("alt")).toBe("The quay at dusk");
    await gallery(page).getByRole("listitem").first().getByText("Cover").waitFor();
    expect(await page.getByText(/needed for a public event/).count()).toBe(0);
    await shoot(page, `photos-${scheme}`);
    expect(await faults(page), "gallery").toEqual([]);

    // A published public event keeps its three; a draft says what it is short of again.
    await asOwner(context.request, "POST", `/api/events/${hall}/publish`, {});
    const remove = page.getByRole("button", { name: "Remove: The quay at dusk" });
    await remove.click();
    const dialog = page.getByRole("dialog", { name: "Remove this photo" });
    await dialog.getByText("the next one becomes the cover").waitFor();
    expect(await faults(page), "removing").toEqual([]);
    await dialog.getByRole("button", { name: "Remove" }).click();
    await dialog.getByRole("alert").getByText("A public event shows at least 3 photos").waitFor();
    await page.keyboard.press("Escape");
    await dialog.waitFor({ state: "detached" });
    await choose(
      page,
      () => page.getByRole("button", { name: "Choose photos" }).click(),
      [png("garden.png", logo(320, 200))],
    );
    await page.getByRole("button", { name: "Add 1 photo" }).click();
    await gallery(page).getByRole("img", { name: "Photo 4" }).waitFor();
    await remove.click();
    await dialog.getByRole("button", { name: "Remove" }).click();
    await page.getByText("The photo was removed.").waitFor();
    await page.waitForFunction(() => document.querySelectorAll("ul[aria-label^=Photos] img").length === 3);
    expect(await pictures.first().getAttribute("alt")).toBe("The old stairs");
    const { items } = await asOwner(context.request, "GET", `/api/events/${hall}/photos`);
    expect((items as { caption: string }[]).map(({ caption }) => caption)).toEqual([
      "The old stairs",
      "The hall, set for sixty",
      "",
    ]);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
