import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, type How, office, shoot, startBrowser, visit, whyNot } from "./browser";
import { eventCalled } from "./desk";
import { answerForGates } from "./gatesDesk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the look of the office's gates: ${missing}`);

const SIZES = [
  ["small", { width: 1_024, height: 700 }],
  ["large", { width: 1_440, height: 900 }],
] as const;

describe.skipIf(missing !== null)("the office's side of gates", () => {
  let browser: Browser;
  let event: string;
  beforeAll(async () => {
    browser = await startBrowser();
    const { page, context } = await visit(browser, "/");
    const { items } = (await (
      await page.request.fetch(`${office}/api/events`, {
        headers: { authorization: `Desk ${process.env["GATEHOUSE_KEY"] ?? ""}` },
      })
    ).json()) as { items: { title: string }[] };
    event = await eventCalled(page.request, items[0]?.title ?? "");
    await context.close();
  });
  afterAll(() => browser?.close());

  /** Opens a part of the gates, with made-up answers. */
  async function openPart(how: How, section: string) {
    const visited = await visit(browser, "/", how);
    const made = await answerForGates(visited.page, event);
    await visited.page.goto(`${office}/events/${event}/gates?section=${section}`);
    return { ...visited, made };
  }

  const look = async (page: Page, name: string) => {
    await page.waitForTimeout(200);
    await shoot(page, `gates-${name}`);
    expect(await faults(page), name).toEqual([]);
  };

  it.each(SIZES.flatMap(([size, how]) => (["light", "dark"] as const).map((scheme) => [size, scheme, how] as const)))(
    "is looked at, %s, %s",
    async (size, scheme, how) => {
      const { page, context, complaints } = await openPart({ ...how, scheme }, "devices");
      const shot = (name: string) => look(page, `${name}-${size}-${scheme}`);
      const go = (section: string) => page.goto(`${office}/events/${event}/gates?section=${section}`);
      await page.getByRole("grid").getByText("Garden gate").waitFor();
      await shot("devices");
      await page.getByRole("grid").getByText("Garden gate").click();
      await page.getByRole("complementary").getByText("Goes on without the office").waitFor();
      await shot("device");
      await go("live");
      await page.getByText("inside now").waitFor();
      await shot("live");
      await go("door");
      await page.getByText("Questions at the first entry").waitFor();
      await shot("door");
      await page.getByText("How many people zones take").scrollIntoViewIfNeeded();
      await shot("door-foot");
      await go("rules");
      await page.getByText("VIP guests may enter").first().waitFor();
      await shot("rules");
      await page.getByText("Lounge in the evening").click();
      await page.getByRole("complementary").getByText("What holds for them").waitFor();
      await shot("rule");
      await page.getByRole("complementary").getByText("Try it on made-up guests").click();
      await page.getByRole("button", { name: "Try this" }).click();
      await page.getByRole("button", { name: "Try this" }).scrollIntoViewIfNeeded();
      await shot("rule-tried");
      await go("rules");
      await page.getByText("Every other hour").click();
      await page.getByText("more than a sentence can say").waitFor();
      await shot("rule-logic");
      await go("ready");
      await page.getByText("Not ready").waitFor();
      await shot("ready");
      await go("paper");
      await page.getByText("Let in from the paper list").waitFor();
      await shot("paper-empty");
      await page.getByRole("combobox", { name: "Tick off by name" }).fill("ad");
      await page.getByRole("listbox").getByRole("option").first().waitFor();
      await shot("paper-search");
      await page.keyboard.press("Enter");
      await page.getByLabel("Tick off by number").fill("1–60, 9001");
      await page.keyboard.press("Enter");
      await page.getByText("No ticket has these numbers").waitFor();
      await shot("paper-list");
      await page.getByRole("button", { name: /^Let \d+ in$/ }).click();
      await page.getByText(/of \d+ let in/).waitFor();
      await shot("paper-done");
      await page.goto(`${office}/events/${event}/overview`);
      await page.getByText("2 alerts at the gates").waitFor();
      await shot("overview");
      expect(complaints).toEqual([]);
      await context.close();
    },
  );

  it.each(["es", "fr"])("is looked at in %s, where words are longer", async (language) => {
    const { page, context, complaints } = await openPart({ width: 1_024, height: 700, language }, "devices");
    for (const place of ["devices", "live", "door", "rules&open=0", "ready", "paper"]) {
      await page.goto(`${office}/events/${event}/gates?section=${place}`);
      await page.locator("main h1").waitFor();
      await page.waitForTimeout(700);
      await look(page, `${place.replace(/\W.*/, "")}-${language}`);
      // Nothing stands beside the window.
      const beyond = await page.evaluate(() => document.documentElement.scrollWidth - window.innerWidth);
      expect(beyond, place).toBeLessThanOrEqual(0);
    }
    expect(complaints).toEqual([]);
    await context.close();
  });

  it.each(["light", "dark"] as const)("adds a device, %s", async (scheme) => {
    const { page, context, made, complaints } = await openPart({ scheme, width: 1_024, height: 700 }, "devices");
    await page.getByRole("button", { name: "Add a gate" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByRole("button", { name: "Show the code" }).waitFor();
    await look(page, `add-${scheme}`);
    await dialog.getByRole("button", { name: "Show the code" }).click();
    await dialog.getByText("Waiting for the device…").waitFor();
    await look(page, `code-${scheme}`);
    made.register();
    await dialog.getByText("“Quay gate” is registered").waitFor();
    await look(page, `registered-${scheme}`);
    await dialog.getByRole("button", { name: "Show the device" }).click();
    await page.getByRole("complementary", { name: "Quay gate" }).waitFor();
    await page.getByRole("button", { name: "Phone as scanner" }).click();
    await dialog.getByLabel("What it is called").fill("Front desk tablet");
    await look(page, `link-${scheme}`);
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await dialog.getByRole("img", { name: /QR code of the link/ }).waitFor();
    await look(page, `link-made-${scheme}`);
    await dialog.getByRole("button", { name: "Done" }).click();
    await page.getByRole("complementary").getByRole("button", { name: "Take back" }).click();
    await dialog.getByText("refused at once").waitFor();
    await look(page, `revoke-${scheme}`);
    expect(complaints).toEqual([]);
    await context.close();
  });
});
