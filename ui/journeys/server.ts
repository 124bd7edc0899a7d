/**
 * An office of its own for each file of journeys: a workspace in a temporary folder, served by the
 * built program, gone afterwards. `GATEHOUSE_URL` names one that is served already instead.
 */
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, expect } from "vitest";

/** The account that the office has beside its desk. */
const ACCOUNT = { email: "ada@example.org", password: "harbour lights at noon" };

/** Journeys that begin where nothing is yet. */
const FROM_NOTHING = ["first-run"];

const program = process.env["GATEHOUSE_PROGRAM"];
const pages = process.env["GATEHOUSE_PAGES"];

if (process.env["GATEHOUSE_URL"] === undefined && program !== undefined && pages !== undefined) {
  const name = basename(expect.getState().testPath ?? "", ".journey.ts");
  const folder = mkdtempSync(join(tmpdir(), "gatehouse-journey-"));
  const env = { ...process.env, GATEHOUSE_KEY_DIR: join(folder, "keys") };
  const run = (...args: string[]) => execFileSync(program, args, { env, stdio: ["ignore", "ignore", "inherit"] });
  const workspace = join(folder, "demo", "workspace");
  if (FROM_NOTHING.includes(name)) {
    run("init", "--data", workspace, "--name", "Harbour Society");
    process.env["GATEHOUSE_EMPTY"] = "1";
  } else {
    run("demo", "--dir", join(folder, "demo"), "--guests", "300");
  }
  if (name === "door") {
    const given = { ...env, GATEHOUSE_PASSWORD: ACCOUNT.password };
    const args = ["account", "add", "--data", workspace, "--name", "Ada Almgren", "--email", ACCOUNT.email];
    execFileSync(program, args, { env: given, stdio: ["ignore", "ignore", "inherit"] });
    process.env["GATEHOUSE_EMAIL"] = ACCOUNT.email;
    process.env["GATEHOUSE_PASSWORD"] = ACCOUNT.password;
  }
  const args = ["serve", "--data", workspace, "--ui", pages, "--listen", "127.0.0.1:0"];
  const served = spawn(program, args, { env, stdio: ["ignore", "pipe", "inherit"] });
  afterAll(() => {
    served.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  });
  const address = await new Promise<string>((resolve, reject) => {
    createInterface(served.stdout).once("line", (line) => resolve(line.replace("Office: ", "")));
    served.once("exit", (code) => reject(new Error(`the office ended with ${code}`)));
  });
  const [root, key] = address.split("/#key=");
  process.env["GATEHOUSE_URL"] = root;
  process.env["GATEHOUSE_KEY"] = key;
}
