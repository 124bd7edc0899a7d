import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faults, rowAt, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner, planHall } from "./desk";
import { workbook } from "./workbook";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journeys of guest lists: ${missing}`);

/** As a Spanish Excel writes it: semicolons, windows-1252, two bad rows and one that repeats. */
const SPANISH = Buffer.from(
  [
    "Nombre;Correo electrónico;Empresa;Tipo;Grupo;Dieta",
    "Jürgen Müller;juergen@example.org;Straßenbau Österreich;Standard;Müller;ninguna",
    "María Peña;maria@example.org;Compañía Norte;VIP;;vegetariana",
    "Zoë Brückner;no-es-correo;;Standard;;",
    ";sin.nombre@example.org;;Standard;;",
    "Ana Núñez;ana.nunez@example.org;;Prensa;;",
    "Jürgen Müller;juergen@example.org;Straßenbau Österreich;Standard;Müller;ninguna",
  ].join("\r\n"),
  "latin1",
);

const csv = (name: string, buffer: Buffer) => ({ name, mimeType: "text/csv", buffer });

/** Lets a file fall on the page, as from the desktop. */
async function drop(page: Page, name: string, content: Buffer): Promise<void> {
  const transfer = await page.evaluateHandle(
    ([called, bytes]) => {
      const data = new DataTransfer();
      data.items.add(new File([Uint8Array.from(bytes)], called, { type: "text/csv" }));
      return data;
    },
    [name, [...content]] as const,
  );
  await page.dispatchEvent("body", "dragenter", { dataTransfer: transfer });
  const words = page.getByText("Drop the list here");
  await words.waitFor();
  await shoot(page, "import-drop");
  expect(await faults(page), "drop").toEqual([]);
  await words.dispatchEvent("drop", { dataTransfer: transfer });
}

describe.skipIf(missing !== null)("a guest list", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  async function hallOf(guests: number): Promise<string> {
    const context = await browser.newContext();
    const hall = await planHall(context.request, `Lists ${Date.now()}`, guests);
    await context.close();
    return hall;
  }

  const choose = async (page: Page, file: ReturnType<typeof csv> | string) => {
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a file" }).click();
    await (await chooser).setFiles(file);
  };
  const title = (page: Page, name: string) => page.getByRole("heading", { level: 2, name }).waitFor();

  it.each(["light", "dark"] as const)("of a Spanish Excel is looked at, corrected and taken, %s", async (scheme) => {
    const hall = await hallOf(0);
    const { page, context, complaints } = await visit(browser, `/events/${hall}/guests`, { scheme });
    await page.getByRole("button", { name: "Import a list" }).click();
    await title(page, "Which list?");
    await shoot(page, `import-file-${scheme}`);
    expect(await faults(page), "file").toEqual([]);
    await choose(page, csv("lista.csv", SPANISH));

    await title(page, "What do the columns mean?");
    await page.getByText("windows-1252").waitFor();
    await page.getByText("semicolons").waitFor();
    await page.getByText("Straßenbau Österreich").first().waitFor();
    const diet = page.getByLabel("What Dieta means");
    expect(await diet.inputValue()).toBe("custom");
    await shoot(page, `import-columns-${scheme}`);
    expect(await faults(page), "columns").toEqual([]);
    await diet.selectOption("notes");
    await page.getByRole("row", { name: /^Dieta/ }).getByText("you", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Next" }).click();

    await title(page, "Is something in the way?");
    await page.getByText("2 values can’t be taken").waitFor();
    await page.getByRole("row", { name: /4 Correo electrónico no-es-correo/ }).waitFor();
    await page.getByRole("row", { name: /5 Nombre \(blank\) The row has no name/ }).waitFor();
    await page.getByText("Line 7 repeats line 2").waitFor();
    await page.getByText("Prensa").waitFor();
    await shoot(page, `import-problems-${scheme}`);
    expect(await faults(page), "problems").toEqual([]);
    await page.getByRole("button", { name: "Next" }).click();

    await title(page, "What will happen");
    const accept = page.getByRole("button", { name: "Import 3 changes" });
    expect(await accept.isDisabled()).toBe(true);
    await page.getByRole("switch", { name: "Leave bad rows out" }).click();
    await expect.poll(() => accept.isEnabled()).toBe(true);
    await shoot(page, `import-accept-${scheme}`);
    expect(await faults(page), "accept").toEqual([]);
    await accept.click();
    await title(page, "The list is in");
    await page.getByText("3 guests were imported.").waitFor();
    await shoot(page, `import-done-${scheme}`);
    expect(await faults(page), "done").toEqual([]);
    await page.getByRole("link", { name: "See the guests" }).click();
    await page.getByRole("grid", { name: "Guests" }).getByText("Jürgen Müller").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Everyone you expect stands here").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("is dropped on the guests, and looked at again when they changed meanwhile", async () => {
    const hall = await hallOf(5);
    const { page, context, complaints } = await visit(browser, `/events/${hall}/guests`);
    await page.locator(rowAt(1)).waitFor();
    await drop(page, "more.csv", Buffer.from("Name,E-mail\nUte Möller,ute@example.org\nPaul Roux,paul@example.org\n"));
    await title(page, "What do the columns mean?");
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByText("Every row can be taken.").waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await title(page, "What will happen");
    await page.getByRole("switch", { name: /^Take 5 guests/ }).click();
    await page.getByRole("button", { name: "Import 7 changes" }).waitFor();

    await asOwner(context.request, "POST", `/api/events/${hall}/guests`, { name: "Ute Möller", email: "ute@example.org" });
    await page.getByRole("button", { name: "Import 7 changes" }).click();
    await page.getByText("Somebody changed the guest list meanwhile").waitFor();
    await shoot(page, "import-stale");
    expect(await faults(page), "stale").toEqual([]);
    await page.getByRole("button", { name: "Import 6 changes" }).click();
    await title(page, "The list is in");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("that waits no more is asked for again, and the choices are kept", async () => {
    const hall = await hallOf(0);
    const { page, context, complaints } = await visit(browser, `/events/${hall}/import`);
    await choose(page, csv("lista.csv", SPANISH));
    await page.getByLabel("What Dieta means").selectOption("ignore");
    await page.getByRole("row", { name: /^Dieta/ }).getByText("you", { exact: true }).waitFor();
    // As many lists as the office keeps waiting come after this one.
    for (let n = 0; n < 8; n += 1) {
      await asOwner(context.request, "POST", `/api/events/${hall}/imports?name=other.csv`, "Name\nSomebody Else\n");
    }
    await page.getByLabel("What Grupo means").selectOption("company").catch(() => undefined);
    await page.getByText("This list is not waiting at the office any more.").waitFor();
    await shoot(page, "import-forgotten");
    expect(await faults(page), "forgotten").toEqual([]);
    await page.getByRole("button", { name: "Send lista.csv again" }).click();
    await title(page, "What do the columns mean?");
    expect(await page.getByLabel("What Dieta means").inputValue()).toBe("ignore");
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("that vanishes or changes before it is sent is said to, and the next try goes on", async () => {
    const hall = await hallOf(0);
    const folder = mkdtempSync(join(tmpdir(), "gatehouse-list-"));
    const path = join(folder, "lista.csv");
    writeFileSync(path, SPANISH);
    const { page, context, complaints } = await visit(browser, `/events/${hall}/import`);
    await choose(page, path);
    await page.getByLabel("What Dieta means").selectOption("notes");
    await page.getByRole("row", { name: /^Dieta/ }).getByText("you", { exact: true }).waitFor();
    const unread = page.getByRole("alert").getByText("The file can’t be read any more.");

    // Changed beneath the wizard, before it is sent once more.
    await page.getByRole("button", { name: "File" }).click();
    writeFileSync(path, "Name\nSomebody Else\n");
    await page.getByRole("button", { name: "Send lista.csv again" }).click();
    await unread.waitFor();
    await shoot(page, "import-unread");
    expect(await faults(page), "unread").toEqual([]);
    await choose(page, path);
    await title(page, "What do the columns mean?");
    await page.getByText("Somebody Else").first().waitFor();

    // Gone while it is on its way: the browser stops in the middle, as if nobody answered.
    await page.getByRole("button", { name: "File" }).click();
    await page.route("**/api/events/*/imports*", (route) => {
      rmSync(path);
      return route.abort("failed");
    });
    await page.getByRole("button", { name: "Send lista.csv again" }).click();
    await unread.waitFor();
    await page.unroute("**/api/events/*/imports*");
    writeFileSync(path, SPANISH);
    await choose(page, path);
    await title(page, "What do the columns mean?");
    // What was decided for the list before is decided for this one.
    expect(await page.getByLabel("What Dieta means").inputValue()).toBe("notes");
    expect(complaints).toEqual([]);
    await context.close();
    rmSync(folder, { recursive: true });
  });

  it("with a cell of 50 MB is refused in that row alone, and the office stays at hand", async () => {
    const hall = await hallOf(0);
    const folder = mkdtempSync(join(tmpdir(), "gatehouse-list-"));
    const path = join(folder, "swollen.csv");
    const rows = ["Name,E-mail,Remarks", "Ute Möller,ute@example.org,", `Paul Roux,paul@example.org,${"x".repeat(50_000_000)}`];
    writeFileSync(path, rows.join("\n"));
    const { page, context, complaints } = await visit(browser, `/events/${hall}/import`);
    await choose(page, path);
    await title(page, "What do the columns mean?");
    await page.getByRole("button", { name: "Next" }).click();
    const row = page.getByRole("row", { name: /^3 Remarks/ });
    await row.getByText("The value is too long.").waitFor();
    expect((await row.innerText()).length).toBeLessThan(400);
    await shoot(page, "import-swollen");
    expect(await faults(page), "swollen").toEqual([]);
    const wider = await page.evaluate(
      () => document.documentElement.scrollWidth > document.documentElement.clientWidth,
    );
    expect(wider).toBe(false);
    await page.getByRole("switch", { name: "Leave bad rows out" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Import 1 change" }).click();
    await title(page, "The list is in");
    await page.getByRole("link", { name: "See the guests" }).click();
    await page.getByRole("grid", { name: "Guests" }).getByText("Ute Möller").waitFor();
    expect(complaints).toEqual([]);
    await context.close();
    rmSync(folder, { recursive: true });
  });

  it("may be a workbook, and what is no list is said to be none", async () => {
    const hall = await hallOf(0);
    const { page, context, complaints } = await visit(browser, `/events/${hall}/import`);
    await choose(page, csv("nothing.csv", Buffer.from("")));
    await page.getByRole("alert").waitFor();
    await shoot(page, "import-refused");
    expect(await faults(page), "refused").toEqual([]);
    const rows = [
      ["Vorname", "Nachname", "E-Mail", "Firma"],
      ["Zoë", "Größ", "zoe@example.org", "Harbour Society"],
      ["Łukasz", "Żak", "lukasz@example.org", ""],
    ];
    await choose(page, csv("Gäste.xlsx", workbook(rows)));
    await title(page, "What do the columns mean?");
    await page.getByText("Zoë Größ").first().waitFor();
    await page.getByText("Łukasz Żak").first().waitFor();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Next" }).click();
    await page.getByRole("button", { name: "Import 2 changes" }).click();
    await title(page, "The list is in");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
