/**
 * An office of its own for each file of journeys: a workspace in a temporary folder, served by the
 * built program, gone afterwards. `GATEHOUSE_URL` names one that is served already instead.
 */
import { basename } from "node:path";
import { afterAll, expect, inject } from "vitest";
import { canServe, Premises } from "./serving";

/** The account that some offices have beside their desk. */
const ACCOUNT = { name: "Ada Almgren", email: "ada@example.org", password: "harbour lights at noon" };

/** Journeys that begin where nothing is yet. */
const FROM_NOTHING = ["first-run", "screenshots"];

/** Journeys of somebody who signs in. */
const WITH_ACCOUNT = ["door", "session-ends"];

/** Journeys that serve, stop and start an office themselves. */
const ON_THEIR_OWN = ["away", "scan", "spare"];

const name = basename(expect.getState().testPath ?? "", ".journey.ts");

if (process.env["GATEHOUSE_URL"] === undefined && canServe && !ON_THEIR_OWN.includes(name)) {
  const premises = new Premises();
  if (FROM_NOTHING.includes(name)) {
    premises.makeEmpty();
    process.env["GATEHOUSE_EMPTY"] = "1";
  } else {
    const demo = inject("demo");
    if (demo === null) premises.makeDemo(300);
    else premises.copy(demo);
  }
  if (WITH_ACCOUNT.includes(name)) {
    premises.addAccount(ACCOUNT.name, ACCOUNT.email, ACCOUNT.password);
    process.env["GATEHOUSE_EMAIL"] = ACCOUNT.email;
    process.env["GATEHOUSE_PASSWORD"] = ACCOUNT.password;
  }
  const served = await premises.serve();
  afterAll(async () => {
    await served.stop();
    premises.clear();
  });
  process.env["GATEHOUSE_URL"] = served.root;
  process.env["GATEHOUSE_KEY"] = served.key;
}
