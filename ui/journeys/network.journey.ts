import { X509Certificate } from "node:crypto";
import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { downloaded, faults, shoot, startBrowser, visit, whyNot } from "./browser";
import { asOwner } from "./desk";

const missing = whyNot();
if (missing !== null) console.error(`SKIPPED: the journey of other machines: ${missing}`);

const ADDRESSES = ["https://front-desk.local:8444/", "https://192.168.1.20:8444/"];

/** Plays the program of the desktop, which listens itself; a served office does not. */
async function listening(page: Page): Promise<{ wanted: unknown[]; fingerprint: string }> {
  const { fingerprint } = await asOwner(page.request, "GET", "/api/network");
  const told = { wanted: [] as unknown[], fingerprint: String(fingerprint) };
  let on = false;
  await page.route("**/api/network", async (route) => {
    const request = route.request();
    const json = async (status: number, body: unknown) =>
      route.fulfill({ status, contentType: "application/json", body: JSON.stringify(body) });
    if (request.method() === "PUT") {
      const wanted = request.postDataJSON() as { on: boolean; port?: number };
      told.wanted.push(wanted);
      if (wanted.on && wanted.port === 8443) {
        const refusal = { type: "about:blank", status: 409, code: "port_taken", detail: "taken" };
        return json(409, refusal);
      }
      on = wanted.on;
    }
    return json(200, { available: true, on, port: on ? 8_444 : 8_443, addresses: on ? ADDRESSES : [], fingerprint });
  });
  return told;
}

describe.skipIf(missing !== null)("the office on the network", () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await startBrowser();
  });
  afterAll(() => browser?.close());

  it.each(["light", "dark"] as const)("says that who serves it decides, %s", async (scheme) => {
    const { page, context, complaints } = await visit(browser, "/settings", { scheme });
    await page.getByRole("link", { name: "Network" }).click();
    await page.getByText("This office is served by gatehouse serve.").waitFor();
    expect(await page.getByRole("switch").count()).toBe(0);
    expect(await page.getByRole("region", { name: /has to trust/ }).count()).toBe(0);
    await shoot(page, `network-served-${scheme}`);
    expect(await faults(page)).toEqual([]);
    expect(complaints).toEqual([]);
    await context.close();
  });

  it("asks for a first account, lets other machines in, and tells them what to trust", async () => {
    const { page, context, complaints } = await visit(browser, "/settings");
    const told = await listening(page);
    await page.getByRole("link", { name: "Network" }).click();
    const letIn = page.getByRole("switch", { name: "Let other machines in" });
    await letIn.waitFor();
    await shoot(page, "network-off");
    expect(await faults(page), "off").toEqual([]);

    await letIn.focus();
    await page.keyboard.press("Space");
    const account = page.getByRole("dialog", { name: "First an account for yourself" });
    await account.getByLabel("Your name").waitFor();
    await shoot(page, "network-account");
    expect(await faults(page), "account").toEqual([]);
    expect(told.wanted).toEqual([]);
    await account.getByLabel("Your name").fill("Iris Vantongeren");
    await account.getByLabel("E-mail").fill("iris@example.org");
    await account.getByLabel("Password", { exact: true }).fill("lanterns over the quay");
    await page.keyboard.press("Enter");

    // The usual port is taken by another program.
    await page.getByText("Another program uses this port.").waitFor();
    expect(await letIn.isChecked()).toBe(false);
    const port = page.getByLabel("Port number");
    await port.fill("70000");
    await page.getByText("Give a port from 1 to 65535.").waitFor();
    expect(await letIn.isDisabled()).toBe(true);
    await port.fill("8444");
    await letIn.focus();
    await page.keyboard.press("Space");
    await page.getByText("Other machines may come in now.").waitFor();
    expect(await letIn.isChecked()).toBe(true);
    expect(told.wanted).toEqual([{ on: true, port: 8_443 }, { on: true, port: 8_444 }]);

    const addresses = page.getByRole("region", { name: "Where other machines open the office" });
    for (const address of ADDRESSES) await addresses.getByText(address, { exact: true }).waitFor();
    await addresses.getByRole("img", { name: `QR code of ${ADDRESSES[0]}` }).waitFor();
    await addresses.getByRole("button", { name: `Copy ${ADDRESSES[1]}` }).click();
    await page.getByText("The address is copied.").waitFor();
    const trust = page.getByRole("region", { name: "What another device has to trust" });
    const groups = await trust.getByRole("list").getByRole("listitem").allTextContents();
    expect(groups).toHaveLength(8);
    expect(groups.join(" ").replaceAll(" ", ":")).toBe(told.fingerprint);
    const kept = await downloaded(page, () =>
      trust.getByRole("button", { name: "Download the certificate" }).click(),
    );
    expect(kept.name).toBe("gatehouse-authority.crt");
    // What a person compares is what was downloaded.
    expect(new X509Certificate(readFileSync(kept.path)).fingerprint256).toBe(told.fingerprint);
    for (const scheme of ["light", "dark"] as const) {
      await page.emulateMedia({ colorScheme: scheme });
      await addresses.scrollIntoViewIfNeeded();
      await shoot(page, `network-on-${scheme}`);
      expect(await faults(page), `on, ${scheme}`).toEqual([]);
      await trust.getByText("On Android").scrollIntoViewIfNeeded();
      await shoot(page, `network-trust-${scheme}`);
    }

    await letIn.click();
    const end = page.getByRole("dialog", { name: "Let other machines in no more" });
    await end.getByText("is cut off at once").waitFor();
    await page.keyboard.press("Escape");
    expect(await letIn.isChecked()).toBe(true);
    await letIn.click();
    await end.getByRole("button", { name: "Let other machines in no more" }).click();
    await page.getByText("Other machines come in no more.").waitFor();
    expect(await letIn.isChecked()).toBe(false);
    expect(await addresses.count()).toBe(0);
    expect(told.wanted.at(-1)).toEqual({ on: false });
    expect(complaints).toEqual([]);
    await context.close();
  });
});
