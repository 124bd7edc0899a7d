import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { browserPath, faults, shoot } from "./browser";
import { Film } from "./film";
import { ScanOffice } from "./scanOffice";

const pages = process.env["GATEHOUSE_PAGES"];
const missing =
  browserPath === null ? "there is no browser" : pages === undefined ? "GATEHOUSE_PAGES names no built interface" : null;
if (missing !== null) console.error(`SKIPPED: the journeys of a phone at the door: ${missing}`);

interface Phone {
  page: Page;
  context: BrowserContext;
  complaints: string[];
}

interface How {
  scheme?: "light" | "dark";
  language?: string;
  camera?: boolean;
  width?: number;
  height?: number;
  path?: string;
  /** Another name for the office. */
  host?: string;
  /** What is done to the browser before the page opens. */
  before?: (context: BrowserContext) => Promise<unknown>;
}

describe.skipIf(missing !== null)("a phone at the door", () => {
  let folder: string;
  let browser: Browser | null = null;
  let office: ScanOffice;
  let root: string;

  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "gatehouse-film-"));
  });
  beforeEach(async () => {
    office = new ScanOffice(pages ?? "");
    root = await office.open();
  });
  afterEach(async () => {
    await browser?.close();
    browser = null;
    await office.close();
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts a browser before whose camera this code is held until the film shows another one. */
  async function hold(code: string | null, allowed = true): Promise<Film> {
    const film = new Film(join(folder, "film.y4m"), code);
    browser = await chromium.launch({
      executablePath: browserPath ?? "",
      args: [
        "--no-sandbox",
        "--disable-dev-shm-usage",
        // Allows every camera; without it the browser refuses what nobody allowed.
        ...(allowed ? ["--use-fake-ui-for-media-stream"] : []),
        "--use-fake-device-for-media-stream",
        `--use-file-for-fake-video-capture=${film.path}`,
        // A name that is not the machine's own for itself, so that its pages count as strangers'.
        "--host-resolver-rules=MAP office.example 127.0.0.1",
      ],
    });
    return film;
  }

  async function phone(how: How = {}): Promise<Phone> {
    if (browser === null) throw new Error("no browser");
    const context = await browser.newContext({
      colorScheme: how.scheme ?? "dark",
      viewport: { width: how.width ?? 360, height: how.height ?? 640 },
      deviceScaleFactor: 2,
      hasTouch: true,
      isMobile: true,
      locale: how.language ?? "en-GB",
      reducedMotion: "reduce",
      permissions: how.camera === false ? [] : ["camera"],
    });
    const complaints: string[] = [];
    await context.addInitScript(() => {
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
      });
    });
    const page = await context.newPage();
    page.on("console", (said) => {
      // The page says itself what it lacks; a phone shakes only after a touch.
      const expected = /^(Failed to load resource|Blocked call to navigator.vibrate)/;
      if (said.type() === "error" && !expected.test(said.text())) complaints.push(said.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    await how.before?.(context);
    const place = how.path ?? `/scan/${office.token}`;
    await page.goto(`${how.host === undefined ? root : root.replace("127.0.0.1", how.host)}${place}`);
    return { page, context, complaints };
  }

  const begin = (page: Page) => page.getByRole("button", { name: "Start scanning" }).click();
  const verdict = (page: Page, tone: string) => page.locator(`.verdict [data-tone="${tone}"]`);
  const typed = async (page: Page, code: string) => {
    await page.getByRole("button", { name: "Type", exact: true }).click();
    await page.getByLabel("The ticket's code").fill(code);
    await page.getByRole("button", { name: "Check it" }).click();
  };
  const kept = (page: Page) => page.waitForFunction(() => navigator.serviceWorker.controller !== null);

  it("becomes a scanner by a link, admits online, goes on alone, and tells the office later", async () => {
    const [first, second, third] = [office.admit("Zoë Ŝlâpfer-O’Neill", "birthday"), office.admit("Bruno Brückner"), office.admit("Chiara Castaño")];
    const film = await hold(first);
    const { page, context, complaints } = await phone();
    await page.getByText("Winter Gala").waitFor();
    await shoot(page, "scan-start");
    expect(await faults(page), "start").toEqual([]);
    await page.getByLabel("Name of this scanner").fill("Side door");
    await begin(page);

    // The camera reads, the office decides.
    await verdict(page, "admitted").getByText("Zoë Ŝlâpfer-O’Neill").waitFor();
    film.show(null);
    await shoot(page, "scan-admitted");
    expect(await faults(page), "admitted").toEqual([]);
    await verdict(page, "admitted").waitFor({ state: "detached" });
    await page.getByText("1 / 3 checked in").waitFor();
    await page.getByText("Point at the ticket's code").waitFor();
    await shoot(page, "scan-idle");
    expect(await faults(page), "idle").toEqual([]);
    expect(office.synced).toEqual([]);
    await kept(page);

    // No network: the next guest is let in by what is on the phone.
    await context.setOffline(true);
    film.show(second);
    await Promise.all([
      verdict(page, "admitted").getByText("Bruno Brückner").waitFor(),
      verdict(page, "admitted").getByText("Decided alone").waitFor(),
    ]);
    await shoot(page, "scan-alone");
    await page.getByText("1 to send").waitFor();
    await verdict(page, "admitted").waitFor({ state: "detached" });
    // The first guest's ticket again.
    film.show(first);
    await verdict(page, "refused").getByText("Already used").waitFor();
    await shoot(page, "scan-used");
    expect(await faults(page), "used").toEqual([]);

    // Opened anew, still without a network.
    await page.reload();
    await page.getByText("Offline: deciding alone").waitFor();
    await page.getByText("2 / 3 checked in").waitFor();
    await page.getByText("to send").waitFor();
    // The ticket is still held to the camera.
    await verdict(page, "refused").first().waitFor();
    film.show(null);
    await shoot(page, "scan-offline");
    expect(await faults(page), "offline").toEqual([]);
    await page.getByRole("button", { name: "Touch to go on" }).click();
    await verdict(page, "refused").waitFor({ state: "detached" });
    await typed(page, third);
    await verdict(page, "admitted").getByText("Chiara Castaño").waitFor();

    await context.setOffline(false);
    await page.getByText("Online").first().waitFor();
    await expect.poll(() => office.synced.filter(({ code }) => code === "admitted").length).toBe(2);
    await page.getByText("to send").waitFor({ state: "detached" });
    // One scan each, however often it was sent.
    expect(new Set(office.synced.map(({ nonce }) => nonce)).size).toBe(office.synced.length);
    expect(complaints).toEqual([]);
  });

  it("opens and decides while the office itself is gone", async () => {
    const code = office.admit("Dmitri Dvořák");
    await hold(null);
    const { page, complaints } = await phone();
    await begin(page);
    await page.getByText("0 / 1 checked in").waitFor();
    await kept(page);
    await office.close();
    await page.reload();
    await page.getByText("0 / 1 checked in").waitFor();
    await typed(page, code);
    await verdict(page, "admitted").getByText("Dmitri Dvořák").waitFor();
    // Cut off and opened again at once: what was shown is there.
    await page.reload();
    await page.getByText("1 / 1 checked in").waitFor();
    await typed(page, code);
    await verdict(page, "refused").getByText("Side door").or(verdict(page, "refused").getByText("Front door phone")).waitFor();
    await page.goto(`${root}/scan/`);
    await page.getByText("1 / 1 checked in").waitFor();
    await page.getByText("2 to send").waitFor();
    expect(complaints).toEqual([]);
  });

  it("tells apart what is not a ticket, asks what has to be asked, and goes out", async () => {
    const code = office.admit("Elif Eriksen");
    office.questions = ["Any allergies?"];
    const film = await hold("https://example.org/menu");
    const { page, complaints } = await phone({ scheme: "light" });
    await begin(page);
    await verdict(page, "refused").getByText("Not a ticket").waitFor();
    film.show(null);
    await shoot(page, "scan-malformed-light");
    expect(await faults(page), "not a ticket").toEqual([]);
    await page.getByRole("button", { name: "Touch to go on" }).click();
    await typed(page, code);
    await verdict(page, "attention").getByText("Any allergies?").waitFor();
    await shoot(page, "scan-questions-light");
    expect(await faults(page), "questions").toEqual([]);
    await page.getByRole("button", { name: "Asked: let in" }).click();
    await verdict(page, "admitted").getByText("Elif Eriksen").waitFor();
    await shoot(page, "scan-admitted-light");
    expect(await faults(page), "admitted").toEqual([]);

    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Last scans" }).click();
    await page.getByRole("dialog").getByText("Elif Eriksen").first().waitFor();
    await shoot(page, "scan-last-light");
    expect(await faults(page), "last scans").toEqual([]);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByRole("button", { name: "More" }).click();
    await page.getByLabel("Way out").check();
    await shoot(page, "scan-more-light");
    expect(await faults(page), "more").toEqual([]);
    await page.getByRole("button", { name: "Close" }).click();
    await page.getByText("· Way out").waitFor();
    expect(complaints).toEqual([]);
  });

  it("does not keep a guest waiting for a slow office, and tells it of one scan only", async () => {
    const code = office.admit("Greta Gruber");
    await hold(null);
    const { page, complaints } = await phone();
    await begin(page);
    await page.getByText("0 / 1 checked in").waitFor();
    office.delayMs = 60_000;
    const asked = Date.now();
    await typed(page, code);
    await verdict(page, "admitted").getByText("Decided alone").waitFor();
    expect(Date.now() - asked).toBeLessThan(office.delayMs);
    await expect.poll(() => office.synced.length, { timeout: 20_000 }).toBe(1);
    expect(office.presented).toEqual(office.synced.map(({ nonce }) => nonce));
    expect(complaints).toEqual([]);
  });

  it("says what the office told later", async () => {
    const code = office.admit("Femi Fontaine");
    await hold(null);
    const { page, context, complaints } = await phone();
    await begin(page);
    await page.getByText("0 / 1 checked in").waitFor();
    await context.setOffline(true);
    await typed(page, code);
    await verdict(page, "admitted").waitFor();
    await verdict(page, "admitted").waitFor({ state: "detached" });
    office.syncStatus = "DUPLICATE";
    await context.setOffline(false);
    await page.getByText(/Ticket 1 had come in before: Gate B at/).waitFor();
    await shoot(page, "scan-notice");
    expect(await faults(page), "notice").toEqual([]);
    await page.getByRole("button", { name: "Understood" }).click();
    await page.getByText("Told later").waitFor({ state: "detached" });
    expect(complaints).toEqual([]);
  });

  it.each([
    ["token_expired", "This link is over"],
    ["token_used", "This link was used"],
    ["token_invalid", "This link is not known"],
  ])("says of a link that ended with %s: %s", async (code, said) => {
    office.linkOver = code;
    await hold(null);
    const { page } = await phone({ scheme: "light" });
    await page.getByRole("heading", { name: said }).waitFor();
    await shoot(page, `scan-${code}`);
    expect(await faults(page)).toEqual([]);
  });

  it("is switched off: names and keys go, scans stay until they are sent", async () => {
    const code = office.admit("Greta Gruber");
    await hold(null);
    const { page, context, complaints } = await phone();
    await begin(page);
    await page.getByText("0 / 1 checked in").waitFor();
    await context.setOffline(true);
    await typed(page, code);
    await verdict(page, "admitted").waitFor();
    office.refusal = "scanner_revoked";
    await context.setOffline(false);
    await page.getByRole("heading", { name: "This scanner was switched off" }).waitFor();
    await page.getByText("1 scan is not with the office yet").waitFor();
    await shoot(page, "scan-revoked");
    expect(await faults(page), "revoked").toEqual([]);
    const left = await page.evaluate(async () => {
      const names = (await indexedDB.databases()).map(({ name }) => name ?? "").filter((name) => !name.endsWith("links"));
      const database = await new Promise<IDBDatabase>((resolve) => {
        const asked = indexedDB.open(names[0] ?? "");
        asked.onsuccess = () => resolve(asked.result);
      });
      const all: unknown[] = [];
      for (const store of database.objectStoreNames) {
        await new Promise<void>((resolve) => {
          const asked = database.transaction(store).objectStore(store).getAll();
          asked.onsuccess = () => {
            all.push(...(asked.result as unknown[]));
            resolve();
          };
        });
      }
      database.close();
      return JSON.stringify(all);
    });
    expect(left).toContain('"admitted"');
    expect(left).not.toContain("Greta");
    expect(left).not.toContain("spki");

    office.refusal = null;
    await page.getByRole("button", { name: "Send them now" }).click();
    await page.getByText("All scans of this phone are with the office.").waitFor();
    expect(office.synced.length).toBe(1);
    await page.getByRole("button", { name: "Remove it from this phone" }).click();
    await page.getByRole("heading", { name: "Which scanner?" }).waitFor();
    await shoot(page, "scan-links");
    expect(await faults(page), "links").toEqual([]);
    expect(complaints).toEqual([]);
  });

  it("is taken over by another device, and taken back", async () => {
    await hold(null);
    const { page, complaints } = await phone({ scheme: "light" });
    await begin(page);
    await page.getByText("0 / 0 checked in").waitFor();
    office.refusal = "scanner_replaced";
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("button", { name: "Send and fetch now" }).click();
    await page.getByRole("heading", { name: "Another device took over" }).waitFor();
    await shoot(page, "scan-replaced");
    expect(await faults(page), "replaced").toEqual([]);
    await page.getByRole("button", { name: "Scan here again" }).click();
    await begin(page);
    await page.getByText("0 / 0 checked in").waitFor();
    expect(complaints).toEqual([]);
  });

  it("works without a camera, in the reader's language", async () => {
    const code = office.admit("Hiro Hayashi");
    await hold(null, false);
    for (const [language, go, type, label, check, trouble] of [
      ["es-ES", "Empezar a leer", "Escribir", "El código de la entrada", "Comprobarlo", "La cámara no está permitida"],
      ["fr-FR", "Commencer à lire", "Taper", "Le code du billet", "Vérifier", "La caméra n'est pas permise"],
    ] as const) {
      const { page, context, complaints } = await phone({ language, camera: false });
      await page.getByRole("button", { name: go }).click();
      await page.getByRole("heading", { name: trouble }).waitFor();
      await shoot(page, `scan-camera-refused-${language}`);
      expect(await faults(page), language).toEqual([]);
      await page.getByRole("button", { name: type, exact: true }).click();
      await shoot(page, `scan-type-${language}`);
      expect(await faults(page), `${language} typing`).toEqual([]);
      await page.getByLabel(label).fill(code);
      await page.getByRole("button", { name: check }).click();
      await page.locator(".verdict").getByText("Hiro Hayashi").waitFor();
      expect(complaints).toEqual([]);
      await context.close();
    }
  });

  it("refuses when it was alone for too long, and warns before", async () => {
    office.admit("Inès Ivanova");
    office.settings.maxOfflineHours = 1;
    await hold(null);
    const { page, context } = await phone();
    await begin(page);
    await page.getByText("0 / 1 checked in").waitFor();
    await context.setOffline(true);
    await page.clock.install();
    await page.clock.fastForward(50 * 60_000);
    await page.getByText(/Alone for long/).waitFor();
    await shoot(page, "scan-short");
    expect(await faults(page), "short").toEqual([]);
    await page.clock.fastForward(15 * 60_000);
    await page.getByText(/Alone for too long/).waitFor();
    await shoot(page, "scan-over");
    expect(await faults(page), "over").toEqual([]);
  });

  it("says how it comes to be trusted where it is not, and what it lacks in an old browser", async () => {
    await hold(null);
    const strange = await phone({ host: "office.example", scheme: "light" });
    await strange.page.getByRole("heading", { name: "This page is not protected" }).waitFor();
    expect(await strange.page.getByRole("link", { name: "Download the certificate" }).getAttribute("href")).toBe("/api/network/authority");
    await shoot(strange.page, "scan-insecure");
    expect(await faults(strange.page), "not protected").toEqual([]);
    expect(strange.complaints).toEqual([]);
    await strange.context.close();

    const old = await phone({
      before: (context) => context.addInitScript(() => Reflect.deleteProperty(globalThis, "DecompressionStream")),
    });
    await old.page.getByRole("heading", { name: "This browser is too old" }).waitFor();
    await shoot(old.page, "scan-old");
    expect(await faults(old.page), "too old").toEqual([]);
    await old.context.close();

    office.keeps = false;
    const { page } = await phone();
    await begin(page);
    await page.getByText("this page needs the network to open").waitFor();
    await shoot(page, "scan-uncached");
    expect(await faults(page), "not kept").toEqual([]);
    await page.getByRole("button", { name: "More" }).click();
    await page.getByRole("link", { name: "Download the certificate" }).waitFor();
    await shoot(page, "scan-more-uncached");
    expect(await faults(page), "trust").toEqual([]);
  });

  it("fits a tablet and a phone on its side", async () => {
    office.admit("Jónas Jónsson");
    await hold(null);
    for (const [name, width, height] of [["side", 740, 360], ["tablet", 820, 1_180]] as const) {
      const { page, context } = await phone({ width, height });
      await begin(page);
      await page.getByText("checked in").waitFor();
      await page.getByText("Point at the ticket's code").waitFor();
      await shoot(page, `scan-${name}`);
      const frame = await page.locator(".frame").boundingBox();
      const view = await page.locator(".camera").boundingBox();
      expect((frame?.y ?? 0) + (frame?.height ?? 0), name).toBeLessThan((view?.y ?? 0) + (view?.height ?? 0));
      const overflow = await page.evaluate(() => document.documentElement.scrollWidth > innerWidth || document.documentElement.scrollHeight > innerHeight);
      expect(overflow, name).toBe(false);
      await context.close();
    }
  });

  it("is an application of its own once it is installed", async () => {
    await hold(null);
    const { page } = await phone();
    const manifest = await page.evaluate(async () => {
      const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]');
      return (await fetch(link?.href ?? "")).json() as Promise<{ scope: string; icons: { src: string; sizes: string }[] }>;
    });
    expect(manifest.scope).toBe("/scan/");
    for (const { src, sizes } of manifest.icons.filter(({ sizes: size }) => size !== "any")) {
      const width = await page.evaluate(async (path) => (await createImageBitmap(await (await fetch(path)).blob())).width, src);
      expect(`${width}x${width}`).toBe(sizes);
    }
  });
});
