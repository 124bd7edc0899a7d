import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office as root, shoot, startBrowser, whyNot } from "./browser";
import { browserWithCamera, FRAME_MS } from "./fakeCamera";
import { answerGate, type Office, refused, shown } from "./gateAnswers";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the gate's screens: ${missing}`);

const TICKET = "GHT1:ABCDEFGHIJKLMNOP$%*+-./:0123456789";

interface At {
  page: Page;
  answers: Office;
  complaints: string[];
  close(): Promise<void>;
}

/** Opens the gate as somebody who has chosen it before. */
async function atGate(
  browser: Browser,
  how: { scheme?: "light" | "dark"; width?: number; height?: number; language?: string; path?: string } = {},
): Promise<At> {
  const context = await browser.newContext({
    colorScheme: how.scheme ?? "light",
    viewport: { width: how.width ?? 1_024, height: how.height ?? 700 },
    locale: "en-GB",
    reducedMotion: "reduce",
  });
  await context.addInitScript(
    ([language]) => {
      if (language !== null && language !== undefined) localStorage.setItem("gatehouse.language", language);
      if (!localStorage.getItem("gatehouse.gate")) {
        localStorage.setItem("gatehouse.gate", JSON.stringify({ gate: "Main door" }));
      }
      document.addEventListener("securitypolicyviolation", (event) => {
        console.error(`policy: ${event.violatedDirective} refused ${event.blockedURI}`);
      });
    },
    [how.language ?? null],
  );
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on("console", (said) => {
    if (said.type() === "error" && !said.text().startsWith("Failed to load resource")) complaints.push(said.text());
  });
  page.on("pageerror", (error) => complaints.push(String(error)));
  const answers = await answerGate(page);
  await page.goto(`${root}${how.path ?? "/gate"}`);
  await page.locator("main#main").waitFor();
  return { page, answers, complaints, close: () => context.close() };
}

/** Types as a scanner does: in the page itself, so that no machine is too slow for it. */
const scan = (page: Page, code = TICKET) =>
  page.evaluate((text) => {
    for (const key of [...text, "Enter"]) {
      (document.activeElement ?? document.body).dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true }));
    }
  }, code);

const tone = (page: Page) => page.locator("[data-tone][class*=ground]").getAttribute("data-tone");

const PARTY = { number: "INV-0012", label: "Family O’Neill", members: 4, inside: 3 };

const QUESTIONS = ["Any allergies the kitchen should know of?", "Do you take the last boat home?"];

const STATES = [
  ["admitted", () => shown({ first_time: true, note: "birthday" })],
  ["admitted-party", () => shown({ party: PARTY, note: "needs a wheelchair place", mode: "alone", zone: "Lounge" })],
  ["forced", () => shown({ code: "forced" })],
  ["exited", () => shown({ verdict: "exited", code: "exited" })],
  ["used", () => refused("used", { first_used_at: Date.now() - 2_400_000, first_used_gate: "Gate B" })],
  ["malformed", () => refused("malformed", { ticket: null, name: null, number: null, ticket_type: null, colour: null, seat: null })],
  ["voided-long", () => refused("voided", { name: "Maximiliana Wolfeschlegelsteinhausen-Bergerdorff de la Cruz", ticket_type: "Friends of the Harbour Society", seat: "Upper circle left · Row AA · Seat 114" })],
  ["rule", () => refused("rule_refused", { rule: "VIP may enter the lounge up to 3 times a day after 18:00" })],
  ["questions", () => refused("questions_open", { attention: true, questions: [...QUESTIONS] })],
  ["early", () => refused("too_early", { attention: true, doors_at: Date.now() + 1_800_000 })],
  ["undone", () => shown({ verdict: "undone", code: "undone", undo_until: null })],
] as const;

const LONG = {
  name: "Maximiliana Wolfeschlegelsteinhausen-Bergerdorff de la Cruz",
  ticket_type: "Friends of the Harbour Society",
  seat: "Upper circle left · Row AA · Seat 114",
};
const KNOWN = { party: PARTY, note: "needs a wheelchair place", first_time: true };
const used = (given: Parameters<typeof refused>[1]) =>
  refused("used", { first_used_at: Date.now() - 2_400_000, first_used_gate: "Gate B", ...given });
const asks = (given: Parameters<typeof refused>[1]) =>
  refused("questions_open", { attention: true, questions: QUESTIONS, ...given });

/** Verdicts with the most to say. */
const FULL = [
  ["used-photo", () => used({ photo: true })],
  ["used-photo-all", () => used({ photo: true, ...KNOWN })],
  ["used-photo-long", () => used({ photo: true, ...KNOWN, ...LONG })],
  ["voided-photo-long", () => refused("voided", { photo: true, ...LONG })],
  ["rule-photo", () => refused("rule_refused", { photo: true, rule: "VIP may enter the lounge up to 3 times a day after 18:00", message: "Please come back at six." })],
  ["asks-all", () => asks(KNOWN)],
  ["asks-photo", () => asks({ photo: true })],
  ["asks-photo-all", () => asks({ photo: true, ...KNOWN })],
  ["asks-photo-long", () => asks({ photo: true, ...KNOWN, ...LONG })],
  ["asks-five", () => asks({ questions: [...QUESTIONS, "Are you over eighteen?", "Did you bring a dog?", "May we take pictures of you?"] })],
  ["admitted-photo-all", () => shown({ photo: true, ...KNOWN, badge: true, mode: "alone" })],
] as const;

const SIZES = [
  { width: 1_024, height: 700, scheme: "light" },
  { width: 1_024, height: 700, scheme: "dark" },
  { width: 1_920, height: 1_080, scheme: "light" },
  { width: 640, height: 480, scheme: "light" },
] as const;

describe.skipIf(missing !== null)("the gate's screens", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(SIZES)("show each verdict at $width × $height, $scheme", async ({ width, height, scheme }) => {
    const { page, answers, complaints, close } = await atGate(browser, { width, height, scheme });
    const name = (state: string) => `gate-${width}-${scheme}-${state}`;
    await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
    await shoot(page, name("idle"));
    for (const [state, answer] of STATES) {
      answers.verdict = answer;
      await scan(page);
      // Measured as soon as it is there: a welcome passes by itself and waits for nobody.
      const measured = await page.waitForFunction(() => {
        const word = document.querySelector("strong[class*=word]");
        if (document.querySelector("[role=alert] svg[data-shape]") === null || word?.checkVisibility() !== true) return null;
        const name = document.querySelector("p[class*=name]");
        const inner = document.querySelector("[role=alert][class*=inner]");
        const size = (element: Element | null) =>
          element === null ? null : Number.parseFloat(getComputedStyle(element).fontSize) / window.innerHeight;
        return {
          word: size(word),
          name: size(name),
          over: Math.max(...[inner, name].map((element) => (element === null ? 0 : element.scrollHeight - element.clientHeight))),
        };
      });
      const box = await measured.jsonValue();
      if (box === null) throw new Error(`${state} was not measured`);
      // Readable from three metres, where the window has the shape of a screen.
      if (width > 640) expect(box.word, state).toBeGreaterThanOrEqual(0.115);
      // A name of sixty letters is shown whole instead.
      if (width > 640 && box.name !== null && !state.endsWith("long")) expect(box.name, state).toBeGreaterThanOrEqual(0.079);
      expect(box.over, `${state} runs over`).toBeLessThanOrEqual(0);
      await shoot(page, name(state));
      if (width === 1_024) expect(await faults(page), state).toEqual([]);
      await page.keyboard.press("Escape");
    }
    answers.verdict = () => null;
    await scan(page);
    await page.getByText("Nobody may enter on this.", { exact: false }).waitFor();
    expect(await tone(page)).toBe("undecided");
    await shoot(page, name("undecided"));
    expect(complaints).toEqual([]);
    await close();
  });

  it.each([
    { width: 1_024, height: 700 },
    { width: 1_366, height: 768 },
    { width: 1_920, height: 1_080 },
    { width: 640, height: 480 },
  ])("show whole the verdicts with the most to say, at $width × $height", async ({ width, height }) => {
    const { page, answers, complaints, close } = await atGate(browser, { width, height });
    answers.door = { badge: { kind: "badge", paper: "card", ticket_types: [], at_once: false, code: false } };
    await page.reload();
    await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
    for (const [state, answer] of FULL) {
      const told = answer();
      answers.verdict = () => told;
      await scan(page);
      // Measured as soon as it is whole: a welcome passes by itself and waits for nobody.
      const measured = await page.waitForFunction((photo) => {
        const ground = document.querySelector("[data-tone][class*=ground]");
        const inner = ground?.querySelector("[role=alert]");
        const head = inner?.querySelector("p[class*=head]");
        const face = inner?.querySelector("img") ?? null;
        if (!ground || !inner || !head || (photo && (face === null || !face.complete))) return null;
        const frame = Number.parseFloat(getComputedStyle(ground, "::before").borderTopWidth) || 0;
        const { top, bottom, left, right } = ground.getBoundingClientRect();
        const parts = [...inner.children].filter((part) => !part.className.includes("unseen"));
        // Of what else is known, the lines that fit are there, and no other.
        const more = inner.querySelector("[class*=more]")?.getBoundingClientRect();
        const lines = [...inner.querySelectorAll("[class*=more] > *")].map((line) => line.getBoundingClientRect());
        const box = (part: Element) => {
          const { top, bottom, left, right } = part.getBoundingClientRect();
          return { what: part.textContent || part.className, top, bottom, left, right };
        };
        return {
          frame: { top: top + frame, bottom: bottom - frame, left: left + frame, right: right - frame },
          word: box(head.querySelector("strong") ?? head),
          parts: parts.map(box).filter(({ top, bottom }) => bottom > top),
          buttons: [...ground.querySelectorAll("button")].map(box),
          questions: [...inner.querySelectorAll("li")].map((line) => line.getBoundingClientRect().height),
          beside: face === null ? null : face.getBoundingClientRect().right - (inner.querySelector("p[class*=name]")?.getBoundingClientRect().left ?? 0),
          cut: lines.filter((line) => more && line.left < more.right && line.bottom > more.bottom + 1).length,
          over: inner.scrollHeight - inner.clientHeight,
        };
      }, told.photo);
      const box = await measured.jsonValue();
      if (box === null) throw new Error(`${state} was not measured`);
      await shoot(page, `gate-full-${width}-${state}`);
      expect(box.word.top, `${state}: the word`).toBeGreaterThanOrEqual(box.frame.top);
      for (const part of [...box.parts, ...box.buttons]) {
        expect(part.top, `${state}: ${part.what}`).toBeGreaterThanOrEqual(box.frame.top);
        expect(part.bottom, `${state}: ${part.what}`).toBeLessThanOrEqual(box.frame.bottom);
        expect(part.left, `${state}: ${part.what}`).toBeGreaterThanOrEqual(box.frame.left);
        expect(part.right, `${state}: ${part.what}`).toBeLessThanOrEqual(box.frame.right);
      }
      for (const [n, part] of box.parts.entries()) {
        const before = box.parts[n - 1];
        if (before) expect(part.top, `${state}: ${part.what}`).toBeGreaterThanOrEqual(before.bottom - 1);
      }
      for (const button of box.buttons) expect(button.top, `${state}: ${button.what}`).toBeGreaterThanOrEqual(box.parts.at(-1)?.bottom ?? 0);
      expect(box.questions.length, state).toBe(told.questions.length);
      for (const high of box.questions) expect(high, `${state}: questions`).toBeGreaterThan(16);
      if (box.beside !== null) expect(box.beside, `${state}: the picture`).toBeLessThanOrEqual(0);
      expect([box.cut, box.over], `${state}: cut, runs over`).toEqual([0, 0]);
      await page.keyboard.press("Escape");
    }
    expect(complaints).toEqual([]);
    await close();
  });

  it.each([
    { width: 1_024, height: 700 },
    { width: 1_366, height: 768 },
    { width: 1_920, height: 1_080 },
  ])("say what is to be done where it covers nothing, at $width × $height", async ({ width, height }) => {
    for (const scheme of ["light", "dark"] as const) {
      const { page, answers, complaints, close } = await atGate(browser, { width, height, scheme });
      answers.door = { badge: { kind: "badge", paper: "card", ticket_types: [], at_once: true, code: false } };
      await page.reload();
      await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
      const said = page.getByRole("status").filter({ hasText: "Zoë" });
      const stand = async (name: string) => {
        const line = await said.boundingBox();
        if (line === null) throw new Error("nothing is said");
        // All at once: a verdict that ends meanwhile would leave nothing to measure.
        const above = page.locator("main button:visible").or(page.getByText("Show a code"));
        const ends = await above.evaluateAll((all) =>
          all.map((one) => ({ what: one.textContent, end: one.getBoundingClientRect().bottom })),
        );
        for (const { what, end } of ends) expect(end, `${name}: ${what}`).toBeLessThanOrEqual(line.y);
        await shoot(page, `gate-said-${width}-${scheme}-${name}`);
        expect(await faults(page), name).toEqual([]);
      };
      answers.verdict = () => shown({ first_time: true, note: "birthday", badge: true, party: PARTY });
      await scan(page);
      await said.getByText("ready to print").waitFor();
      await page.getByRole("button", { name: "Print badge F5" }).first().waitFor();
      await stand("ready");
      await page.keyboard.press("F5");
      await said.getByText("was let in, but nothing was printed").waitFor();
      await stand("failed");
      await page.keyboard.press("Escape");
      await page.getByText("Show a code").first().waitFor();
      await stand("idle");
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it("say that the event is over, and that scans are kept until the office has them", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page, answers, complaints, close } = await atGate(browser, { scheme });
      await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
      answers.ended = { code: "list_dropped", waiting: 3 };
      await scan(page);
      await page.getByRole("heading", { name: "The event is over" }).waitFor();
      await page.getByText("3 scans are kept until the office has them.").waitFor();
      await shoot(page, `gate-over-${scheme}`);
      expect(await faults(page)).toEqual([]);
      answers.ended = { code: "list_dropped", waiting: 0 };
      await page.getByText("The office has all of its scans.").waitFor({ timeout: 60_000 });
      await shoot(page, `gate-over-given-${scheme}`);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it("show what lies above the gate", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page, answers, complaints, close } = await atGate(browser, { scheme });
      await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
      await page.keyboard.press("F2");
      await page.keyboard.type("al");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("Shift+Enter");
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Shift+Enter");
      await shoot(page, `gate-${scheme}-search`);
      expect(await faults(page)).toEqual([]);
      await page.keyboard.press("Enter");
      await page.getByRole("alert").getByText("2 of 2").waitFor();
      await shoot(page, `gate-${scheme}-several`);
      await page.keyboard.press("F2");
      await page.keyboard.type("al");
      await page.getByRole("option").first().waitFor();
      await page.keyboard.press("Control+Enter");
      await page.getByRole("heading", { name: "Family Almgren" }).waitFor();
      await shoot(page, `gate-${scheme}-party`);
      await page.keyboard.press("Escape");
      for (const [key, name] of [["F3", "walk-in"], ["F9", "recent"], ["F10", "settings"], ["?", "keys"]] as const) {
        await page.keyboard.press(key);
        await page.getByRole("dialog").waitFor();
        await shoot(page, `gate-${scheme}-${name}`);
        expect(await faults(page), name).toEqual([]);
        await page.keyboard.press("Escape");
        await page.getByRole("dialog").waitFor({ state: "detached" });
      }
      answers.verdict = () => refused("used", { first_used_at: Date.now(), first_used_gate: "Gate B" });
      await scan(page);
      await page.getByText("Already used").waitFor();
      await page.keyboard.press("F8");
      await page.getByLabel("Reason").fill("Known in person");
      await page.getByLabel("Supervisor’s PIN").fill("1111");
      await page.keyboard.press("Enter");
      await page.getByText("That is not the PIN.").waitFor();
      await shoot(page, `gate-${scheme}-override`);
      expect(await faults(page)).toEqual([]);
      await page.getByLabel("Supervisor’s PIN").fill("2468");
      await page.keyboard.press("Enter");
      await page.getByText("A supervisor let this guest in.").waitFor();
      expect(answers.sent.find(({ path }) => path.endsWith("/force"))?.body).toMatchObject({ reason: "Known in person" });
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it("speak Spanish and French, to the left hand", async () => {
    for (const language of ["es", "fr"]) {
      const { page, answers, complaints, close } = await atGate(browser, { language });
      await page.getByRole("contentinfo").waitFor();
      await page.evaluate(() => {
        localStorage.setItem("gatehouse.gate", JSON.stringify({ gate: "Main door", hand: "left" }));
      });
      await page.reload();
      await page.getByRole("contentinfo").getByText(/28 (de|sur) 60/).waitFor();
      await shoot(page, `gate-${language}-idle`);
      for (const [state, answer] of STATES) {
        answers.verdict = answer;
        await scan(page);
        await page.getByRole("alert").filter({ has: page.locator("svg[data-shape]") }).waitFor();
        await shoot(page, `gate-${language}-${state}`);
        await page.keyboard.press("Escape");
      }
      await page.keyboard.press("F10");
      await page.getByRole("dialog").waitFor();
      await shoot(page, `gate-${language}-settings`);
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it("ask whose gate it is", async () => {
    for (const scheme of ["light", "dark"] as const) {
      const { page, complaints, close } = await atGate(browser, { scheme });
      await page.evaluate(() => localStorage.setItem("gatehouse.gate", "{}"));
      await page.reload();
      await page.getByRole("button", { name: "Open the gate" }).waitFor();
      await shoot(page, `gate-${scheme}-choose`);
      expect(await faults(page)).toEqual([]);
      await page.keyboard.press("Tab");
      await page.getByRole("button", { name: "Open the gate" }).click();
      await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it("greet at the kiosk, and let nobody out without the PIN", async () => {
    for (const [width, height] of [[1_024, 700], [1_080, 1_920]] as const) {
      const { page, answers, complaints, close } = await atGate(browser, { width, height, path: "/gate?kiosk=1" });
      await page.getByRole("heading", { name: "Harbour Ball" }).waitFor();
      await page.getByText("Good to have you here.").waitFor();
      await shoot(page, `gate-kiosk-${width}-attract`);
      expect(await faults(page)).toEqual([]);
      answers.verdict = () => shown({ language: "de-AT" });
      await scan(page);
      await page.getByText("Willkommen").waitFor();
      await shoot(page, `gate-kiosk-${width}-welcome`);
      answers.verdict = () => refused("used", { language: "fr", first_used_at: Date.now(), first_used_gate: "Gate B" });
      await scan(page);
      await page.getByText("Un instant", { exact: false }).first().waitFor();
      expect(await tone(page)).toBe("attention");
      await shoot(page, `gate-kiosk-${width}-refused`);
      await page.keyboard.press("F8");
      await page.getByLabel("Supervisor’s PIN").fill("1234");
      await page.keyboard.press("Enter");
      await page.getByText("That is not the PIN.").waitFor();
      await shoot(page, `gate-kiosk-${width}-pin`);
      await page.getByLabel("Supervisor’s PIN").fill("2468");
      await page.keyboard.press("Enter");
      await page.getByRole("toolbar").waitFor();
      expect(new URL(page.url()).searchParams.get("kiosk")).toBeNull();
      expect(complaints).toEqual([]);
      await close();
    }
  });

  it("are a kiosk's again each time a kiosk starts", async () => {
    const { page, answers, complaints, close } = await atGate(browser);
    await page.getByRole("contentinfo").getByText("28 / 60").waitFor();
    await page.keyboard.press("F10");
    await page.getByRole("button", { name: "Start the kiosk" }).click();
    await page.getByText("Good to have you here.").waitFor();
    // The browser asks whether the page may be left; whoever ends the program is not asked.
    page.on("dialog", (asked) => void asked.accept());
    await page.goto(`${root}/gate`);
    await page.getByText("Good to have you here.").waitFor();
    expect(await page.getByRole("toolbar").count()).toBe(0);
    await page.keyboard.press("F8");
    await page.getByLabel("Supervisor’s PIN").fill("2468");
    await page.keyboard.press("Enter");
    await page.getByRole("toolbar").waitFor();
    answers.own = true;
    answers.door = { kiosk: true };
    await page.goto(`${root}/gate`);
    await page.getByText("Good to have you here.").waitFor();
    expect(await page.getByRole("toolbar").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it("read what is held to the camera, once as long as it stays", async () => {
    // A code is in view for less than the two seconds after which it would count as shown again.
    const scenes = [
      { text: null, frames: 15 },
      { text: `${TICKET}A`, frames: 9 },
      { text: null, frames: 15 },
      { text: `${TICKET}B`, frames: 9 },
    ];
    const roundMs = scenes.reduce((sum, { frames }) => sum + frames, 0) * FRAME_MS;
    const filmed = await browserWithCamera(scenes);
    const begun = Date.now();
    const { page, answers, complaints, close } = await atGate(filmed, { width: 1_280, height: 800 });
    answers.verdict = (code) => (code.endsWith("A") ? shown() : refused("used"));
    await page.getByText("Welcome", { exact: true }).waitFor();
    await shoot(page, "gate-camera-admitted");
    await page.getByText("Already used").waitFor();
    await page.keyboard.press("Escape");
    await shoot(page, "gate-camera-idle");
    const codes = answers.sent.filter(({ path }) => path.endsWith("/scans")).map(({ body }) => body["code"]);
    // Far fewer than frames: one for each time that a code came into view while the film went round.
    const rounds = Math.ceil((Date.now() - begun) / roundMs);
    expect(codes.length).toBeLessThanOrEqual(2 * rounds + 2);
    expect(new Set(codes)).toEqual(new Set([`${TICKET}A`, `${TICKET}B`]));
    await page.keyboard.press("F10");
    // The first there is, this one, and none.
    await page.getByLabel("Camera").locator("option").nth(2).waitFor({ state: "attached" });
    expect(complaints).toEqual([]);
    await close();
    const kiosk = await atGate(filmed, { path: "/gate?kiosk=1" });
    await kiosk.page.getByText("Show your code to the camera").waitFor();
    await kiosk.page.waitForTimeout(1_500);
    await shoot(kiosk.page, "gate-kiosk-1024-camera");
    await kiosk.close();
    await filmed.close();
  });
});
