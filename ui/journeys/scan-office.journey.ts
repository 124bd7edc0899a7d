import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { browserPath, office, shoot, whyNot } from "./browser";
import { asOwner } from "./desk";
import { type Entry, evening } from "./evening";
import { Film } from "./film";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey of a phone and its office: ${missing}`);

describe.skipIf(missing !== null)("a phone and its office", () => {
  let folder: string;
  let browser: Browser;
  let context: BrowserContext;
  let film: Film;
  let event: string;
  let tickets: Entry[];
  const named = (name: string): Entry => {
    const found = tickets.find((ticket) => ticket.name === name);
    if (found === undefined) throw new Error(`${name} has no ticket`);
    return found;
  };

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "gatehouse-film-"));
    const asking = await chromium.launch({ executablePath: browserPath ?? "", args: ["--no-sandbox"] });
    const desk = await asking.newContext();
    ({ id: event, tickets } = await evening(desk.request));
    await asking.close();
    film = new Film(join(folder, "film.y4m"), named("Ada Almgren").code);
    browser = await chromium.launch({
      executablePath: browserPath ?? "",
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${film.path}`,
      ],
    });
    context = await browser.newContext({
      viewport: { width: 360, height: 640 },
      hasTouch: true,
      isMobile: true,
      reducedMotion: "reduce",
      permissions: ["camera"],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const verdict = (page: Page, tone: string) => page.locator(`.verdict [data-tone="${tone}"]`);
  const admitted = async () => {
    const door = await asOwner(context.request, "GET", `/api/events/${event}/door`);
    return (door["counts"] as { admitted: number }).admitted;
  };

  it("is made a scanner by a link, admits with the office and without it, and ends when its right is taken back", async () => {
    const link = await asOwner(context.request, "POST", `/api/events/${event}/scanner-links`, { device_name: "Side door" });
    const page = await context.newPage();
    await page.goto(`${office}${String(link["link"])}`);
    await page.getByRole("button", { name: "Start scanning" }).click();
    await verdict(page, "admitted").getByText("Ada Almgren").waitFor();
    film.show(null);
    await shoot(page, "scan-office-admitted");
    expect(await admitted()).toBe(1);
    await page.waitForFunction(() => navigator.serviceWorker.controller !== null);

    // Nobody reaches the office: the phone knows the list, and what was used. Whoever comes at the
    // heels of another would be shown together with them.
    await verdict(page, "admitted").waitFor({ state: "detached" });
    await context.setOffline(true);
    film.show(named("Bruno Brückner").code);
    await Promise.all([
      verdict(page, "admitted").getByText("Bruno Brückner").waitFor(),
      verdict(page, "admitted").getByText("Decided alone").waitFor(),
    ]);
    await verdict(page, "admitted").waitFor({ state: "detached" });
    film.show(named("Ada Almgren").code);
    await verdict(page, "refused").getByText("Already used").waitFor();
    expect(await admitted()).toBe(1);

    await context.setOffline(false);
    await expect.poll(admitted, { timeout: 30_000 }).toBe(2);
    await page.getByText("to send").waitFor({ state: "detached" });
    const { items } = await asOwner(context.request, "GET", `/api/events/${event}/devices`);
    const devices = items as { id: string; name: string; pending: number | null }[];
    const own = devices.find(({ name }) => name === "Side door");
    expect(own).toBeDefined();

    await asOwner(context.request, "POST", `/api/devices/${own?.id ?? ""}/revoke`, {});
    // What is shown next asks the office, and is told.
    film.show(named("Chiara Castaño").code);
    await page.getByRole("heading", { name: "This scanner was switched off" }).waitFor({ timeout: 60_000 });
    await shoot(page, "scan-office-revoked");
  });
});
