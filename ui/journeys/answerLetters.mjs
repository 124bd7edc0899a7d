/**
 * Guests who open the link of their letter on a phone and answer there, one after the other.
 *
 * Reads one line of JSON: `browser` (a program's path), `picture` (where the last thanks is kept) and
 * `guests`, each with `link`, `coming` and, for whoever answers on the page itself, a `word` to the
 * host. Writes the link of each whose answer was thanked for; whoever is not ends it with an error.
 */
import { readFileSync } from "node:fs";
import { chromium } from "playwright-core";

const { browser: program, picture, guests } = JSON.parse(readFileSync(0, "utf8"));

const browser = await chromium.launch({
  executablePath: program,
  // Containers give Chromium neither a sandbox nor much shared memory.
  args: ["--no-sandbox", "--disable-dev-shm-usage"],
});
try {
  // The office's certificate is of its own authority, which no phone of a guest's has.
  const context = await browser.newContext({
    viewport: { width: 390, height: 844 },
    hasTouch: true,
    isMobile: true,
    locale: "en-GB",
    ignoreHTTPSErrors: true,
  });
  const page = await context.newPage();
  page.setDefaultTimeout(20_000);
  for (const { link, coming, word } of guests) {
    await page.goto(link);
    if (word === null) {
      await page.getByRole("button", { name: coming ? /^Yes/ : /^No/ }).tap();
    } else {
      for (const person of await page.locator("fieldset.member").all()) {
        await person.getByLabel(coming ? "Yes" : "No", { exact: true }).check();
      }
      await page.getByLabel(/A word to the host/).fill(word);
      await page.getByRole("button", { name: "Send my answer" }).tap();
    }
    await page.getByRole("heading", { name: "Thank you, your answer has arrived" }).waitFor();
    process.stdout.write(`${link}\n`);
  }
  await page.screenshot({ path: picture, fullPage: true });
} finally {
  await browser.close();
}
