import { existsSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";
import { evening } from "./evening";
import { logo } from "./picture";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys through guests' pages: ${missing}`);

/** A phone held upright. */
const PHONE = { width: 390, height: 844 };

interface Invited {
  id: string;
  code: string;
  label: string;
}

const QUESTIONS = {
  deadline: null,
  dietary: true,
  name_plus_ones: true,
  message: true,
  share_tickets: true,
  track_opens: false,
  questions: [
    {
      id: 1,
      kind: "choice",
      text: "What may we cook for you?",
      required: true,
      asked: "person",
      choices: ["Pike-perch", "Mushrooms", "Nothing, thank you"],
    },
    { id: 2, kind: "yes_no", text: "Do you need the boat home?", required: false, asked: "party", choices: [] },
    { id: 3, kind: "short", text: "Which song must be played?", required: false, asked: "party", choices: [] },
  ],
};

describe.skipIf(missing !== null)("guests' pages", () => {
  let browser: Browser;
  let invited: Invited[];
  let event: string;
  let desk: Awaited<ReturnType<typeof visit>>;

  beforeAll(async () => {
    browser = await startBrowser();
    desk = await visit(browser, "/");
    const request = desk.context.request;
    ({ id: event } = await evening(request));
    await asOwner(request, "PUT", `/api/events/${event}/questions`, QUESTIONS);
    await asOwner(request, "PUT", "/api/guest-pages", { address: office });
    const branding = await asOwner(request, "GET", "/api/branding");
    await asOwner(request, "PUT", "/api/branding", {
      organizer: "Harbour Society",
      colour: "#1d6f42",
      font: branding["font"],
      sender_name: "",
      sender_email: null,
    });
    await request.fetch(`${office}/api/branding/logo`, {
      method: "PUT",
      headers: {
        authorization: `Desk ${process.env["GATEHOUSE_KEY"]}`,
        "content-type": "application/octet-stream",
      },
      data: logo(),
    });
    const { items } = await asOwner(request, "GET", `/api/events/${event}/invitations?limit=100`);
    invited = [];
    for (const { id } of items as { id: string }[]) {
      invited.push((await asOwner(request, "GET", `/api/invitations/${id}`)) as unknown as Invited);
    }
  }, 120_000);
  afterAll(async () => {
    await desk?.context.close();
    await browser?.close();
  });

  const code = (label: string) => {
    const found = invited.find((one) => one.label.startsWith(label));
    if (found === undefined) throw new Error(`nobody is invited as ${label}`);
    return found.code;
  };

  /** A guest's phone. */
  async function phone(
    how: { script?: boolean; scheme?: "light" | "dark" } = {},
  ): Promise<{ page: Page; context: BrowserContext; complaints: string[] }> {
    const context = await browser.newContext({
      viewport: PHONE,
      colorScheme: how.scheme ?? "light",
      javaScriptEnabled: how.script ?? true,
      hasTouch: true,
      isMobile: true,
      locale: "en-GB",
      reducedMotion: "reduce",
    });
    const complaints: string[] = [];
    const page = await context.newPage();
    page.on("console", (said) => {
      if (said.type() === "error" && !said.text().startsWith("Failed to load resource")) complaints.push(said.text());
    });
    page.on("pageerror", (error) => complaints.push(String(error)));
    return { page, context, complaints };
  }

  const wide = (page: Page) => page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);

  it.each([true, false])("answer for each of a family, with a script: %s", async (script) => {
    const { page, context, complaints } = await phone({ script, scheme: script ? "light" : "dark" });
    const name = script ? "script" : "plain";
    await page.goto(`${office}/i/${code("Family")}`);
    await page.getByRole("heading", { name: "Lantern Night" }).waitFor();
    await shoot(page, `guest-invitation-${name}`);
    expect(await page.getByRole("img", { name: "Harbour Society" }).isVisible()).toBe(true);
    const people = page.locator("fieldset.member");
    expect(await people.count()).toBe(3);
    if (!script) {
      // What the first round answered stands; only the message is new.
      await page.getByLabel(/A word to the host/).fill("We come by boat.");
      await page.getByRole("button", { name: "Change my answer" }).tap();
    } else {
      await people.nth(0).getByLabel("Yes", { exact: true }).check();
      await people.nth(1).getByLabel("Yes", { exact: true }).check();
      await people.nth(2).getByLabel("No", { exact: true }).check();
      await people.nth(2).getByLabel(/food/).waitFor({ state: "hidden" });
      await people.nth(0).getByLabel("Mushrooms").check();
      await people.nth(0).getByLabel(/food/).fill("No nuts, please");
      await page.getByLabel(/Which song/).fill("Any waltz");
      await page.getByRole("button", { name: "Send my answer" }).tap();
      // The second of them has not chosen a dish yet: nothing is sent, nothing is lost.
      await page.getByRole("heading", { name: "Not sent yet: something is missing" }).waitFor();
      await shoot(page, "guest-missing");
      expect(await faults(page), "missing").toEqual([]);
      expect(await people.nth(0).getByLabel(/food/).inputValue()).toBe("No nuts, please");
      await page.getByRole("link", { name: /Elif|Dmitri|Femi/ }).first().tap();
      await people.nth(1).getByLabel("Pike-perch").check();
      await page.getByRole("button", { name: "Send my answer" }).tap();
    }
    await page.getByRole("heading", { name: "Thank you, your answer has arrived" }).waitFor();
    await shoot(page, `guest-thanks-${name}`);
    expect(await wide(page)).toBeLessThanOrEqual(0);
    if (script) expect(await faults(page), "invitation").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("the office shows what they said", async () => {
    const { page } = desk;
    const family = invited.find((one) => one.label.startsWith("Family"));
    await page.goto(`${office}/events/${event}/invitations?open=${family?.id}`);
    const pane = page.getByRole("complementary", { name: family?.label ?? "" });
    await pane.getByText("No nuts, please").waitFor();
    await pane.getByText("We come by boat.").waitFor();
    await pane.getByText("Any waltz").scrollIntoViewIfNeeded();
    await shoot(page, "guest-answers-office");
    expect(await faults(page), "answers").toEqual([]);
    await page.goto(`${office}/events/${event}`);
    await page.getByRole("heading", { name: "Who said what" }).waitFor();
    await shoot(page, "guest-turnout");
    await page.goto(`${office}/events/${event}/setup?section=questions`);
    await page.getByRole("textbox", { name: "Text of question 1" }).waitFor();
    await page.getByRole("button", { name: "Add a question" }).click();
    await page.getByRole("textbox", { name: "Text of question 4" }).fill("May we take pictures?");
    await page.getByLabel("Answered", { exact: true }).nth(3).selectOption("yes_no");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("What guests are asked was changed.").waitFor();
    await shoot(page, "guest-questions");
    expect(await faults(page), "questions").toEqual([]);
    await page.goto(`${office}/settings/guest-pages`);
    await page.getByLabel("Address for guests").waitFor();
    await shoot(page, "guest-address");
    expect(await faults(page), "address").toEqual([]);
    expect(desk.complaints).toEqual([]);
  });

  it("a link in a message asks once more before it answers", async () => {
    const { page, context } = await phone({ script: false });
    await page.goto(`${office}/i/${code("Ada")}/no`);
    await page.getByRole("heading", { name: "Decline for all of you?" }).waitFor();
    await shoot(page, "guest-confirm");
    await page.getByRole("button", { name: "No, we can’t come" }).tap();
    await page.getByRole("heading", { name: "Thank you, your answer has arrived" }).waitFor();
    expect(await page.getByLabel("No", { exact: true }).first().isChecked()).toBe(true);
    await context.close();
  });

  it("tickets come as a file, and preferences are kept", async () => {
    const { page, context } = await phone();
    await page.goto(`${office}/i/${code("Bruno")}`);
    const [file] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("link", { name: "Tickets (PDF)" }).tap(),
    ]);
    expect(file.suggestedFilename()).toMatch(/^INV-\d+\.pdf$/);
    expect(statSync(await file.path()).size).toBeGreaterThan(2_000);
    const bruno = invited.find((one) => one.label.startsWith("Bruno"));
    const answers = await asOwner(desk.context.request, "GET", `/api/invitations/${bruno?.id}/answers`);
    const links = answers["links"] as { preferences: string };
    await page.goto(links.preferences);
    await page.getByLabel("Only one, an hour before").check();
    await page.getByRole("button", { name: "Save", exact: true }).tap();
    await page.getByRole("heading", { name: "Saved." }).waitFor();
    await shoot(page, "guest-preferences");
    expect(await faults(page), "preferences").toEqual([]);
    await page.getByRole("button", { name: "Unsubscribe from everything" }).tap();
    await page.getByRole("heading", { name: "You are unsubscribed." }).waitFor();
    await context.close();
  });

  it.each(["light", "dark"] as const)("speaks three languages and turns for those read from the right, %s", async (scheme) => {
    const { page, context, complaints } = await phone({ scheme });
    const place = `${office}/i/${code("Chiara")}`;
    for (const [language, title] of [
      ["en", "Are you coming?"],
      ["es", "¿Vendrá?"],
      ["fr", "Serez-vous des nôtres\u00a0?"],
    ] as const) {
      await page.goto(`${place}?lang=${language}`);
      await page.getByRole("heading", { name: title }).waitFor();
      expect(await page.getAttribute("html", "lang")).toBe(language);
      await shoot(page, `guest-${language}-${scheme}`);
      expect(await faults(page), language).toEqual([]);
      expect(await wide(page), language).toBeLessThanOrEqual(0);
    }
    await page.evaluate(() => {
      document.documentElement.dir = "rtl";
    });
    await shoot(page, `guest-rtl-${scheme}`);
    expect(await wide(page), "turned").toBeLessThanOrEqual(0);
    const turned = await page.locator(".facts dt").first().evaluate((label) => getComputedStyle(label).direction);
    expect(turned).toBe("rtl");
    // The page's own policy refuses nothing that the page needs.
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("an unknown code and an altered link say what to do", async () => {
    const { page, context } = await phone();
    await page.goto(`${office}/i/AAAAAAAAAA`);
    await page.getByRole("heading", { name: "We don’t know this invitation" }).waitFor();
    await shoot(page, "guest-unknown");
    expect(await faults(page), "unknown").toEqual([]);
    await page.goto(`${office}/d/nothing`);
    await page.getByRole("heading", { name: "This link does not work" }).waitFor();
    await context.close();
  });

  it("is small", () => {
    const built = join(process.env["GATEHOUSE_PAGES"] ?? "", "guest");
    // An office that is served already was built elsewhere.
    if (!existsSync(built)) return expect(process.env["GATEHOUSE_PROGRAM"]).toBeUndefined();
    expect(statSync(join(built, "guest.js")).size).toBeLessThan(60_000);
    expect(statSync(join(built, "guest.css")).size).toBeLessThan(30_000);
  });
});
