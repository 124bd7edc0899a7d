import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { office, rowAt, shots, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";

/** Where the pictures go, such as those that the README shows; with the others unless it is said. */
const folder = process.env["GATEHOUSE_SCREENSHOTS"] ?? join(shots, "readme");

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the pictures of the README: ${missing}`);

const SIZE = { width: 1_440, height: 900 };

/** Of those with a ticket, how many have come so far. */
const CAME = 74;

const sample = readFileSync(fileURLToPath(new URL("../../assets/samples/gala.csv", import.meta.url)));

/** An evening under way, with the sample's guests. */
async function gala(browser: Browser): Promise<string> {
  const context = await browser.newContext();
  const { request } = context;
  const at = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString().slice(0, 16);
  const { id } = await asOwner(request, "POST", "/api/events", {
    title: "Harbour Ball",
    tagline: "An evening by the water",
    organizer: "Harbour Society",
    time_zone: "Etc/UTC",
    language: "en",
    schedule: { kind: "one_time", session: { doors: at(-1), starts: at(0.25), ends: at(6) } },
    place: {
      mode: "in_person",
      venue: { name: "Old Customs House", address: "1 Quay", city: "Vienna", country: "Austria" },
    },
    ticket_types: [
      { name: "Standard", description: "Entry and a seat" },
      { name: "VIP", price_minor: 4_500, description: "Entry, front rows, lounge" },
      { name: "Press", description: "Entry and the press room" },
    ],
  });
  const list = await asOwner(request, "POST", `/api/events/${id}/imports?name=gala.csv`, sample.toString());
  await asOwner(request, "POST", `/api/imports/${list["id"]}/accept`, {});
  await asOwner(request, "POST", `/api/events/${id}/publish`, {}).catch(() => undefined);
  const task = await asOwner(request, "POST", `/api/events/${id}/issue`, {});
  while ((await asOwner(request, "GET", `/api/tasks/${task["id"]}`))["state"] === "running") {
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  const { items } = await asOwner(request, "GET", `/api/events/${id}/invitations?limit=200`);
  let came = 0;
  for (const [index, { id: invitation }] of (items as { id: string }[]).entries()) {
    if (came >= CAME) break;
    if (index % 5 === 2 || index % 7 === 3) continue;
    const { members } = (await asOwner(request, "GET", `/api/invitations/${invitation}`)) as { members: { id: string }[] };
    for (const { id: member } of members) {
      await asOwner(request, "PUT", `/api/invitations/${invitation}/guests/${member}/checkin`, {});
      came += 1;
    }
  }
  await context.close();
  return String(id);
}

describe.skipIf(missing !== null)("the pictures of the README", () => {
  let browser: Browser;
  let ball: string;
  beforeAll(async () => {
    browser = await startBrowser();
    ball = await gala(browser);
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("are made, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/", { ...SIZE, scheme });
    mkdirSync(folder, { recursive: true });
    const shoot = async (name: string) => {
      await page.evaluate(() => document.fonts.ready);
      await page.mouse.move(0, 0);
      await page.screenshot({ path: join(folder, `${name}-${scheme}.png`) });
    };
    const open = (place: string) => page.goto(`${office}/events/${ball}/${place}`);
    const cell = (of: Page, name: string) => of.getByRole("grid").getByText(name, { exact: true });

    await open("overview");
    await page.getByText("From the list to the door").waitFor();
    await shoot("overview");

    await open("guests?sort=name");
    await cell(page, "Amélie Castillo").or(page.locator(rowAt(3))).first().click();
    await page.getByRole("complementary").getByText("Life line").waitFor();
    await shoot("guests");

    await open("import");
    const chooser = page.waitForEvent("filechooser");
    await page.getByRole("button", { name: "Choose a file" }).click();
    const rows = [
      "Nombre;Correo electrónico;Empresa;Tipo;Grupo;Dieta",
      "Jürgen Müller;juergen@example.org;Straßenbau Österreich;Standard;Müller;ninguna",
      "María Peña;maria@example.org;Compañía Norte;VIP;;vegetariana",
      "Ana Núñez;ana.nunez@example.org;;Press;;",
      "Zoë Brückner;zoe.brueckner@example.org;Estudio Brückner;Standard;;sin gluten",
    ];
    await (await chooser).setFiles({
      name: "lista de invitados.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(rows.join("\r\n"), "latin1"),
    });
    await page.getByRole("heading", { level: 2, name: "What do the columns mean?" }).waitFor();
    await page.getByText("Straßenbau Österreich").first().waitFor();
    await shoot("import");

    await open("tickets");
    await page.locator(rowAt(3)).click();
    await page.getByRole("complementary").getByRole("img", { name: /Code of ticket/ }).waitFor();
    await shoot("ticket");

    await open("print");
    await page.getByRole("img", { name: /First page/ }).waitFor();
    await shoot("print");

    await open("invitations");
    await page.locator(rowAt(2)).click();
    await page.getByRole("complementary").getByText(/Ticket #/).first().waitFor();
    await shoot("invitations");
    expect(complaints).toEqual([]);
    await context.close();
  });
});
