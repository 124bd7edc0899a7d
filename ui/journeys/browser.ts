import { accessSync, constants, mkdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "google-chrome", "chromium-browser"];

function findBrowser(): string | null {
  for (const name of NAMES) {
    for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
      const path = join(folder, name);
      try {
        accessSync(path, constants.X_OK);
        return path;
      } catch {
        // Not here; the next folder may have it.
      }
    }
  }
  return null;
}

export const browserPath = findBrowser();

/** Where the office is served. */
export const office = process.env["GATEHOUSE_URL"]?.replace(/\/$/, "") ?? null;

/** The key of the machine's owner, if the office asks for one. */
const key = process.env["GATEHOUSE_KEY"] ?? null;

/** Where pictures are kept. */
export const shots =
  process.env["GATEHOUSE_SHOTS"] ?? fileURLToPath(new URL("./shots", import.meta.url));
mkdirSync(shots, { recursive: true });

/** Why the journeys can't be made here; null when they can. */
export function whyNot(): string | null {
  if (browserPath === null) return `none of ${NAMES.join(", ")} is on the PATH`;
  if (office === null) return "GATEHOUSE_URL names no office";
  return null;
}

export function startBrowser(): Promise<Browser> {
  if (browserPath === null) throw new Error("no browser");
  return chromium.launch({
    executablePath: browserPath,
    // Containers give Chromium neither a sandbox nor much shared memory.
    args: ["--no-sandbox", "--disable-dev-shm-usage"],
  });
}

export interface Visit {
  page: Page;
  context: BrowserContext;
  /** What the page's policy refused and what the page complained of. */
  complaints: string[];
}

export interface How {
  scheme?: "light" | "dark";
  width?: number;
  height?: number;
  language?: string;
  /** Comes with the owner's key, where there is one. */
  owner?: boolean;
  /** Another office than the one of these journeys. */
  at?: { root: string; key: string };
}

/** A row of a list by its place, from 1, once what it says is here: a blank one hears no click. */
export const rowAt = (place: number) =>
  `[role="row"][aria-rowindex="${place + 1}"]:has([role="gridcell"]:nth-child(2))`;

/** Opens the office as a new visitor. */
export async function visit(browser: Browser, path: string, how: How = {}): Promise<Visit> {
  const context = await browser.newContext({
    colorScheme: how.scheme ?? "light",
    viewport: { width: how.width ?? 1_280, height: how.height ?? 800 },
    locale: "en-GB",
    reducedMotion: "reduce",
    permissions: ["clipboard-write"],
    bypassCSP: false,
  });
  const complaints: string[] = [];
  await context.addInitScript((language) => {
    if (language !== null) localStorage.setItem("gatehouse.language", language);
    document.addEventListener("securitypolicyviolation", (event) => {
      console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI} ${event.sample}`);
    });
  }, how.language ?? null);
  const page = await context.newPage();
  page.on("console", (said) => {
    // A refusal of the API is told by the page itself; the browser's own line says no more.
    if (said.type() === "error" && !said.text().startsWith("Failed to load resource")) {
      complaints.push(said.text());
    }
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const owner = how.at?.key ?? key;
  const hash = how.owner !== false && owner !== null ? `#key=${encodeURIComponent(owner)}` : "";
  await page.goto(`${how.at?.root ?? office}${path}${hash}`);
  return { page, context, complaints };
}

/** Keeps a picture of the page. */
export async function shoot(page: Page, name: string): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  await page.screenshot({ path: join(shots, `${name}.png`) });
}

/** A file that is made up for a journey. */
export interface MadeUp {
  name: string;
  mimeType: string;
  buffer: Buffer;
}

/** Chooses a file, or several, where the page asks for it. */
export async function choose(
  page: Page,
  press: () => Promise<void>,
  file: MadeUp | MadeUp[] | string,
): Promise<void> {
  const chooser = page.waitForEvent("filechooser");
  await press();
  await (await chooser).setFiles(file);
}

/** Keeps what the page downloads after a press; its path and the name that it was given. */
export async function downloaded(
  page: Page,
  press: () => Promise<void>,
): Promise<{ path: string; name: string }> {
  const [file] = await Promise.all([page.waitForEvent("download"), press()]);
  return { path: await file.path(), name: file.suggestedFilename() };
}

const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe finds fault with, one line for each element. */
export async function faults(page: Page): Promise<string[]> {
  // Evaluated by the debugger and not as a script of the page, whose policy would refuse it.
  await page.evaluate(axe);
  return page.evaluate(async () => {
    const { axe: checker } = globalThis as unknown as {
      axe: {
        run(): Promise<{ violations: { id: string; help: string; nodes: { html: string; failureSummary?: string }[] }[] }>;
      };
    };
    const { violations } = await checker.run();
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id}: ${help}: ${node.html.slice(0, 160)} ${node.failureSummary ?? ""}`),
    );
  });
}
