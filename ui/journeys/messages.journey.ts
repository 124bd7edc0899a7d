import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";
import { MailServer } from "./mailServer";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey of messages: ${missing}`);

const GUESTS = 6;
/** The guest whose address was mistyped on the list. */
const MISTYPED = "guest3@example.org";
const RIGHT = "chiara@example.org";
const SENDER = "office@harbour.example.org";
const HOST = "host@example.org";
const WORDS = "Bring a book that you would like to pass on.";

describe.skipIf(missing !== null)("messages", () => {
  let browser: Browser;
  const mail = new MailServer();
  let port = 0;
  beforeAll(async () => {
    browser = await startBrowser();
    port = await mail.open();
  });
  afterAll(async () => {
    await browser?.close();
    await mail.close();
  });

  const found: Record<string, string[]> = {};
  const look = async (page: Page, name: string) => {
    await shoot(page, `messages-${name}`);
    const all = await faults(page);
    if (all.length > 0) found[name] = all;
  };

  it("sets mail up, sends, corrects an address, words a message and tells what changed", async () => {
    const { page, context, complaints } = await visit(browser, "/");
    const hall = await planHall(context.request, "Harbour Letters", GUESTS, 40);
    await asOwner(context.request, "PUT", "/api/branding", {
      organizer: "Harbour Society",
      colour: null,
      font: "inter",
      sender_name: "Harbour Society",
      sender_email: SENDER,
    });
    mail.refused.add(MISTYPED);
    const at = (path: string) => page.goto(new URL(path, page.url()).href);
    const delivery = (section: string) => at(`/events/${hall}/delivery?section=${section}`);

    // Tickets, so that there are invitations to send.
    await at(`/events/${hall}/invitations`);
    await page.getByRole("button", { name: "Issue tickets" }).first().click();
    await page.getByRole("region", { name: "Work under way" }).getByText(`${GUESTS} tickets issued`).waitFor();

    // Nothing can leave yet, and the place says so and leads on.
    await delivery("overview");
    await page.getByText("Mail is not set up").waitFor();
    await page.getByText("What guests are sent").waitFor();
    await look(page, "not-set-up");
    await page.getByRole("link", { name: "Set up mail" }).click();
    await page.getByText(SENDER).waitFor();
    await page.getByLabel("Host").first().fill("127.0.0.1");
    await page.getByLabel("Connection", { exact: true }).first().selectOption({ label: "In the clear, on this machine only" });
    await page.getByLabel("Port number").first().fill("9");
    await page.getByLabel("Sign-in").first().selectOption({ label: "None" });
    await page.getByRole("button", { name: "Save, then check" }).click();
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.getByText("Nobody answers there.", { exact: false }).waitFor();
    await look(page, "settings-refused");
    await page.getByLabel("Port number").first().fill(String(port));
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByRole("button", { name: "Check", exact: true }).click();
    await page.getByText("The mail server lets us in. Nothing was sent.").waitFor();
    await look(page, "settings");
    expect(mail.letters).toEqual([]);

    // A mailing, seen before as a guest sees it.
    await delivery("mailings");
    await page.getByText("One message to many").waitFor();
    await page.getByRole("button", { name: "New mailing" }).click();
    await page.getByText(`Send ${GUESTS} messages`).waitFor();
    await page.getByRole("textbox", { name: "Your own words" }).fill(WORDS);
    const letter = page.frameLocator('iframe[title="How it arrives"]');
    await letter.getByText(WORDS).waitFor();
    await letter.getByText("Harbour Letters").first().waitFor();
    // Its own styles hold, under a policy that lets no style of a document be.
    const styled = await letter.locator("[data-look]").evaluateAll((all) =>
      all.filter((one) => (one as HTMLElement).style.length > 0).length,
    );
    expect(styled).toBeGreaterThan(10);
    await look(page, "new-mailing");
    const wide = await letter.locator("html").evaluate((root) => root.clientWidth);
    await page.getByText("Phone", { exact: true }).click();
    await expect.poll(() => letter.locator("html").evaluate((root) => root.clientWidth)).toBeLessThan(wide);
    await look(page, "new-mailing-phone");
    await page.getByLabel("Try it with an address of your own").fill("ada@example.org");
    await page.getByRole("button", { name: "Send a try" }).click();
    await page.getByText("A try went to ada@example.org.").waitFor();
    const trial = await mail.waitFor("ada@example.org");
    expect(trial.text).toContain(WORDS);
    expect(trial.source).toMatch(new RegExp(`^From: .*${SENDER}`, "im"));
    await page.getByRole("button", { name: `Send ${GUESTS} messages` }).click();

    // All but the mistyped one arrive; that one stands where it can be corrected.
    for (const n of [1, 2, 4, 5, 6]) {
      const sent = await mail.waitFor(`guest${n}@example.org`);
      expect(sent.text).toContain(WORDS);
    }
    const pane = page.getByRole("complementary");
    await pane.getByText("Done").waitFor();
    await look(page, "mailing");
    await delivery("messages");
    const grid = page.getByRole("grid", { name: "Messages" });
    await grid.getByText("Not sent").waitFor();
    await grid.getByText("Not sent").click();
    await pane.getByText("The mail server refused this address. It may be mistyped.").waitFor();
    await pane.getByText("User unknown", { exact: false }).waitFor();
    await look(page, "refused");
    await pane.getByLabel("Right address").fill(RIGHT);
    await pane.getByRole("button", { name: "Correct and send again" }).click();
    await page.getByText(`Corrected, and on its way to ${RIGHT}.`).waitFor();
    const again = await mail.waitFor(RIGHT);
    expect(again.text).toContain(WORDS);
    await pane.getByText(RIGHT).first().waitFor();
    await pane.getByText("Sent", { exact: true }).waitFor();
    await look(page, "corrected");
    expect(mail.letters.map(({ to }) => to).sort()).toEqual(
      ["ada@example.org", RIGHT, ...[1, 2, 4, 5, 6].map((n) => `guest${n}@example.org`)].sort(),
    );

    // The guest's pane tells both.
    await at(`/events/${hall}/guests?q=${encodeURIComponent("chiara@")}`);
    await page.locator(rowAt(1)).click();
    await pane.getByRole("heading", { name: "Messages" }).waitFor();
    await pane.getByText(MISTYPED, { exact: true }).waitFor();
    await pane.getByText("The mail server refused this address. It may be mistyped.").waitFor();
    await pane.getByRole("heading", { name: "Messages" }).scrollIntoViewIfNeeded();
    await look(page, "guest");

    // The figures agree with what came.
    await delivery("overview");
    await page.getByRole("table", { name: "By mail domain" }).waitFor();
    const row = page.getByRole("table", { name: "By what they are about" }).getByRole("row", { name: /Invitation/ });
    expect((await row.innerText()).split(/\s+/).slice(1)).toEqual(["0", String(GUESTS), "0", "0", "1"]);
    await look(page, "overview");
    await page.getByRole("button", { name: "Hold all back" }).click();
    await page.getByText("Messages are held back").waitFor();
    await page.getByRole("button", { name: "Let go" }).click();
    await page.getByText("Messages are held back").waitFor({ state: "detached" });

    // A wording of one's own, with a fault that is told, and back again.
    await delivery("wordings");
    await page.getByRole("button", { name: "Change of plan" }).click();
    await page.locator('button[aria-current="true"]', { hasText: "Change of plan" }).waitFor();
    const source = page.getByRole("textbox", { name: "Page" });
    const usual = await source.inputValue();
    await source.fill(usual.replace("</mj-text>", " {{ guest.nickname }}</mj-text>"));
    await page.getByText("There is no variable guest.nickname.").waitFor();
    await look(page, "wording-fault");
    await source.fill(usual);
    await page.getByLabel("Subject").first().fill("Please note: {{ event.title }}");
    await page.getByText("Please note: Harbour Letters").waitFor();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The wording is saved.").waitFor();
    await page.getByText("Your own", { exact: true }).waitFor();
    await look(page, "wording");

    // News that guests were not told of yet.
    const seen = await asOwner(context.request, "GET", `/api/events/${hall}`);
    const place = seen["place"] as { venue: Record<string, unknown> };
    await asOwner(context.request, "PUT", `/api/events/${hall}`, {
      place: { ...place, venue: { ...place.venue, name: "Harbour Library", address: "4 Quay" } },
    });
    await delivery("news");
    await page.getByText("It takes place somewhere else").waitFor();
    await page.getByText(/^Told by itself \d/).waitFor();
    await look(page, "news");
    await page.getByRole("button", { name: "Tell guests now" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Tell guests now" }).click();
    const news = await mail.waitFor("guest1@example.org", ({ source: all }) => /^Subject:.*Please note/im.test(all));
    expect(news.text).toContain("Harbour Library");
    await page.getByText(/^Told \d/).waitFor();
    await look(page, "news-told");

    // What leaves by itself.
    await at(`/events/${hall}/setup?section=messages`);
    await page.getByLabel("Thank those who came").check();
    await page.getByLabel("A week before").uncheck();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect
      .poll(async () => ((await asOwner(context.request, "GET", `/api/events/${hall}`))["settings"] as { reminders: unknown }).reminders)
      .toMatchObject({ on: true, without: ["week"], thanks: true });
    await look(page, "reminders");

    // What the host hears of: who is asked for is told once a mailing has left.
    await at(`/events/${hall}/setup?section=host`);
    await page.getByText("None was sent yet.").waitFor();
    await page.getByLabel("Your own address").fill("not an address");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("is not an address", { exact: false }).or(page.locator('[aria-invalid="true"]')).first().waitFor();
    await page.getByLabel("Your own address").fill(HOST);
    await page.getByLabel("Who answered").uncheck();
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await expect
      .poll(async () => ((await asOwner(context.request, "GET", `/api/events/${hall}`))["settings"] as { host: unknown }).host)
      .toMatchObject({ to: HOST, mailing_done: true, answers: false });
    await asOwner(context.request, "POST", `/api/events/${hall}/mailings`, {
      kind: "announcement",
      message: WORDS,
      audience: { group: "all" },
    });
    const told = await mail.waitFor(HOST);
    expect(told.text).toContain("Harbour Letters");
    const last = page.getByRole("region", { name: "The last notices" });
    await last.getByText("A mailing has left").waitFor();
    await last.getByText(HOST).waitFor();
    await last.getByText("Sent", { exact: true }).waitFor();
    await look(page, "host");

    expect(found).toEqual({});
    expect(complaints).toEqual([]);
    await context.close();

    // The same by night.
    const dark = await visit(browser, `/events/${hall}/delivery`, { scheme: "dark" });
    const night = async (name: string, path: string, ready: string) => {
      await dark.page.goto(new URL(path, dark.page.url()).href);
      await dark.page.getByText(ready).first().waitFor();
      await dark.page.waitForTimeout(500);
      await look(dark.page, `${name}-dark`);
    };
    await night("overview", `/events/${hall}/delivery`, "By mail domain");
    await night("list", `/events/${hall}/delivery?section=messages&status=failed`, "Not sent");
    await night("mailings", `/events/${hall}/delivery?section=mailings`, "Change of plan");
    await night("new-mailing", `/events/${hall}/delivery?section=mailings&open=new`, "As seen by");
    await night("news", `/events/${hall}/delivery?section=news`, "It takes place somewhere else");
    await night("wording", `/events/${hall}/delivery?section=wordings&kind=change`, "Please note: Harbour Letters");
    await night("settings", "/settings/mail", "Mail server");
    expect(found).toEqual({});
    expect(dark.complaints).toEqual([]);
    await dark.context.close();
  }, 240_000);
});
