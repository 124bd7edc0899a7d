import type { APIRequestContext, Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, office, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey of the office's gates: ${missing}`);

const GUESTS = 70;

/** An event whose guests all have tickets, with a zone that VIP tickets open. */
async function planDoor(request: APIRequestContext): Promise<string> {
  const id = await planHall(request, "Quay Evening", GUESTS, 0);
  await asOwner(request, "POST", `/api/events/${id}/zones`, { name: "Lounge", description: "Upstairs" });
  await asOwner(request, "POST", `/api/events/${id}/publish`, {});
  const task = await asOwner(request, "POST", `/api/events/${id}/issue`, {});
  while ((await asOwner(request, "GET", `/api/tasks/${task["id"]}`))["state"] === "running") {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return id;
}

describe.skipIf(missing !== null)("the office's gates", () => {
  let browser: Browser;
  let event: string;
  beforeAll(async () => {
    browser = await startBrowser();
    const { page, context } = await visit(browser, "/");
    event = await planDoor(page.request);
    await context.close();
  });
  afterAll(() => browser?.close());

  const part = (section: string) => `/events/${event}/gates?section=${section}`;

  it("registers a device by its code, places it, and takes it back", async () => {
    const { page, context, complaints } = await visit(browser, part("devices"));
    await page.getByRole("button", { name: "Add a gate" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Zone").selectOption({ label: "Lounge" });
    const [answer] = await Promise.all([
      page.waitForResponse((one) => one.url().endsWith("/api/registration-tokens/generate")),
      dialog.getByRole("button", { name: "Show the code" }).click(),
    ]);
    const { token, qrText } = (await answer.json()) as { token: string; qrText: string };
    expect(qrText).toContain(token);
    await dialog.getByText("Waiting for the device…").waitFor();
    expect(await faults(page), "code").toEqual([]);
    const registered = await page.request.post(`${office}/api/scanners/register`, {
      data: { token, deviceName: "Stairs laptop", deviceInfo: { model: "Laptop 13", osVersion: "Debian 13", appVersion: "0.1.0" } },
    });
    expect(registered.status()).toBe(201);
    await dialog.getByText("“Stairs laptop” is registered").waitFor();
    // The code is good once.
    const again = await page.request.post(`${office}/api/scanners/register`, {
      data: { token, deviceName: "Another laptop" },
    });
    expect(again.status()).toBe(409);
    await dialog.getByRole("button", { name: "Show the device" }).click();

    const pane = page.getByRole("complementary", { name: "Stairs laptop" });
    await pane.getByText("Laptop 13").waitFor();
    await pane.getByLabel("Name").fill("Stairs gate");
    await pane.getByLabel("Direction").selectOption("exit");
    await pane.getByRole("button", { name: "Save" }).click();
    await page.getByText("“Stairs gate” was changed.").waitFor();
    const row = page.getByRole("row", { name: /Stairs gate/ });
    await row.getByText("Lounge · Exit").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("row", { name: /Stairs laptop.*Lounge/ }).waitFor();
    expect(await faults(page), "device").toEqual([]);
    await shoot(page, "gates-real-device");

    await page.getByRole("complementary").getByRole("button", { name: "Take back" }).click();
    await dialog.getByText("refused at once").waitFor();
    await dialog.getByRole("button", { name: "Take back" }).click();
    await page.getByRole("row", { name: /Stairs laptop/ }).getByText("taken back").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("makes a link that turns a phone into a scanner", async () => {
    const { page, context, complaints } = await visit(browser, part("devices"));
    await page.getByRole("button", { name: "Phone as scanner" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("What it is called").fill("Usher’s phone");
    await dialog.getByRole("button", { name: "Make the link" }).click();
    await dialog.getByText(/\/scan\//).waitFor();
    await dialog.getByRole("img", { name: "QR code of the link for “Usher’s phone”" }).waitFor();
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("keeps the door's settings, its PIN and a zone's capacity", async () => {
    const { page, context, complaints } = await visit(browser, part("door"));
    await page.getByRole("switch", { name: /Walk-ins/ }).click();
    await page.getByRole("button", { name: "Add a question" }).click();
    await page.getByRole("textbox", { name: "Question 1" }).fill("Do you bring a coat?");
    await page.getByRole("button", { name: "Save", exact: true }).click();
    await page.getByText("The door’s settings were changed.").waitFor();
    await page.getByRole("button", { name: "Give a PIN" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("PIN", { exact: true }).fill("4711");
    await dialog.getByLabel("The same again").fill("4711");
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.getByText("There is a PIN").waitFor();
    await page.getByRole("textbox", { name: "Capacity of Lounge" }).fill("60");
    await page.getByRole("button", { name: "Save: Capacity of Lounge" }).click();
    await page.getByText("The capacity of “Lounge” was changed.").waitFor();
    const kept = await asOwner(page.request, "GET", `/api/events/${event}/door-settings`);
    expect(kept).toMatchObject({ walk_ins: true, questions: ["Do you bring a coat?"], pin_set: true });
    expect(kept["zones"]).toMatchObject([{ capacity: 60 }]);
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("writes a rule as a sentence, tries it at the office, and reads it back", async () => {
    const { page, context, complaints } = await visit(browser, part("rules"), { width: 1_440, height: 900 });
    await page.getByRole("button", { name: "Add a rule" }).click();
    const pane = page.getByRole("complementary");
    await pane.getByLabel("Name of the rule").fill("Standard once a day");
    await pane.getByRole("button", { name: "Narrow down who" }).click();
    await pane.getByRole("combobox", { name: "One of these" }).focus();
    await page.keyboard.press("ArrowDown");
    await page.locator("[data-combobox-option]:visible", { hasText: /^Standard$/ }).click();
    await page.keyboard.press("Tab");
    await pane.getByText("Standard guests may enter once a day.").waitFor();
    await pane.getByText("Try it on made-up guests").click();
    await pane.getByRole("button", { name: "Try this" }).click();
    await pane.getByText("lets in", { exact: true }).waitFor();
    await pane.getByLabel("Entries today before").fill("1");
    await pane.getByRole("button", { name: "Try this" }).click();
    await pane.getByText("refuses", { exact: true }).waitFor();
    await pane.getByRole("button", { name: "Add a rule" }).click();
    await page.getByText("“Standard once a day” was added.").waitFor();
    await page.getByRole("listitem").getByText("Standard guests may enter once a day.").waitFor();

    // Every kind of limit is worked out by the office's own engine.
    await pane.getByRole("button", { name: "Remove", exact: true }).waitFor();
    await pane.getByRole("combobox", { name: "Add a condition…" }).waitFor();
    for (const kind of ["weekdays", "hours", "total", "days", "within", "wait", "stay"]) {
      await pane.getByRole("combobox", { name: "Add a condition…" }).selectOption(kind);
    }
    await pane.getByText("Try it on made-up guests").click();
    await pane.getByRole("button", { name: "Try this" }).click();
    await pane.getByText(/^(lets in|refuses)$/).first().waitFor();
    expect(await pane.getByText(/fails, and so refuses/).count()).toBe(0);
    await pane.getByRole("button", { name: "Save" }).click();
    await page.getByText("“Standard once a day” was changed.").waitFor();
    expect(await faults(page)).toEqual([]);
    await shoot(page, "gates-real-rule");
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByRole("listitem").getByText("Standard guests may enter once a day.").waitFor();
    await pane.getByRole("button", { name: "Remove", exact: true }).click();
    await page.getByText("“Standard once a day” was removed.").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("lets in from the paper list, and counts them", async () => {
    const { page, context, complaints } = await visit(browser, part("paper"));
    await page.getByLabel("Tick off by number").fill(`1–60, ${GUESTS + 5}`);
    await page.keyboard.press("Enter");
    await page.getByText(`No ticket has these numbers: ${GUESTS + 5}`).waitFor();
    const name = page.getByRole("combobox", { name: "Tick off by name" });
    await name.fill("Ada Almgren 61");
    await page.getByRole("option", { name: /Ada Almgren 61/ }).waitFor();
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: "Let 61 in" }).click();
    await page.getByText("61 of 61 let in").waitFor();
    await page.getByRole("row").getByText("Welcomed in").first().waitFor();
    expect(await faults(page)).toEqual([]);
    await page.goto(office + part("live"));
    await page.getByText(/^61/).first().waitFor();
    await shoot(page, "gates-real-live");
    expect(await faults(page), "live").toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("says whether the doors can open", async () => {
    const { page, context, complaints } = await visit(browser, part("ready"));
    await page.getByText(/^(Ready for doors|Not ready)/).first().waitFor();
    await page.getByText("Tickets are issued").waitFor();
    expect(await faults(page)).toEqual([]);
    await shoot(page, "gates-real-ready");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
