/** What becomes of a phone where its clock, or the office's, is not what it should be, and when its link ends. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { begin, HOUR, keepOf, NOW, type Office, openOffice, ours, TOKEN } from "./playedOffice";
import { Scanner } from "./scanner";

const DAY = 24 * HOUR;

let office: Office;

beforeEach(() => {
  office = openOffice();
});

const at = (time: number) => vi.spyOn(Date, "now").mockImplementation(() => time);
/** So long the page runs by now, whatever the clock says. */
const runs = (ms: number) => vi.spyOn(performance, "now").mockImplementation(() => ms);
const signedOut = (): [number, unknown] => [401, { code: "signed_out", detail: "This credential is not good here." }];

/** An office that knows no credential; one of today takes the scans all the same. */
function forgets(takes: boolean): void {
  for (const name of ["validate", "roster", "passages", "settings"]) office.answers[name] = signedOut;
  office.answers["sync"] = (body) =>
    takes ? [200, { ...(office.takes(body, "SUCCESS") as object), settings: null }] : signedOut();
}

describe.each([
  ["takes scans all the same", true],
  ["refuses them", false],
] as const)("an office that does not know the phone, and %s", (_, takes) => {
  it.each([
    ["set a year forward", 365 * DAY],
    ["set a year back", -365 * DAY],
    ["right", 0],
  ])("lets it go on alone while its link is good: the office's clock is %s", async (_clock, off) => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    const usual = { ...office.answers };
    forgets(takes);
    office.off = off;
    await scanner.sync();
    expect(scanner.view()).toMatchObject({
      device: { standing: "active" },
      unknown: true,
      online: false,
      waiting: takes ? 0 : 1,
      counts: { came: 1, expected: 2 },
    });
    at(NOW + 60_000);
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used", mode: "alone" } });
    // It is asked again, and knows the phone once its clock is right.
    Object.assign(office.answers, usual);
    office.off = 0;
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing: "active" }, unknown: false, online: true, waiting: 0 });
  });

  it("ends it once the link is over by both clocks, and takes the rest then", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    forgets(takes);
    at(NOW + 17 * HOUR);
    office.off = -2 * HOUR;
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing: "active" }, unknown: true });
    office.off = 0;
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing: "expired" }, counts: null, lines: [], waiting: takes ? 0 : 1 });
    const keep = await keepOf();
    expect(await keep.list()).toBeNull();
    expect(await keep.countWaiting()).toBe(takes ? 0 : 1);
    forgets(true);
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing: "expired" }, waiting: 0 });
  });
});

describe("a phone whose link was opened elsewhere", () => {
  it("still brings the scans that it has", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    office.away = false;
    const takes = office.answers["sync"];
    office.answers["sync"] = () => [403, { code: "scanner_replaced", detail: "It works on one at a time." }];
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing: "replaced" }, waiting: 1 });
    office.answers["sync"] = async (body) => {
      const [status, answer] = (await takes?.(body)) ?? [500, {}];
      return [status, { ...(answer as object), settings: null }];
    };
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ device: { standing: "replaced" }, waiting: 0 });
  });

  it("is told so where the answer to its scans only says that it may scan no more", async () => {
    const scanner = await begin();
    office.answers["sync"] = (body) => [200, { ...(office.takes(body, "SUCCESS") as object), settings: null }];
    office.answers["settings"] = () => [429, { code: "busy", detail: "" }];
    await scanner.sync();
    expect(scanner.view().device.standing).toBe("active");
    office.answers["settings"] = () => [403, { code: "scanner_replaced", detail: "" }];
    await scanner.sync();
    expect(scanner.view().device.standing).toBe("replaced");
  });
});

describe("a phone's clock that was set back", () => {
  it("neither ends its time alone nor makes it longer while the page runs", async () => {
    const scanner = await begin();
    office.away = true;
    at(NOW - HOUR);
    runs(60_000);
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted", at: NOW + 60_000 } });
    runs(25 * HOUR);
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "offline_too_long" } });
    expect(scanner.view()).toMatchObject({ device: { standing: "active" }, counts: { expected: 2 } });
  });

  it("lets it count from where the page was opened anew", async () => {
    await begin();
    office.away = true;
    at(NOW - HOUR);
    const later = await Scanner.recall(TOKEN);
    expect(await later?.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    at(NOW + 23 * HOUR);
    const last = await Scanner.recall(TOKEN);
    expect(await last?.present(ours.compact)).toMatchObject({ shown: { code: "offline_too_long" } });
  });
});

describe("guests of an event that is long over", () => {
  it("are forgotten some days after it, once the office says the time", async () => {
    await begin();
    at(NOW + 80 * HOUR);
    const later = await Scanner.recall(TOKEN);
    expect(later?.view()).toMatchObject({ device: { standing: "active" }, counts: { expected: 2 } });
    await later?.sync();
    expect(later?.view()).toMatchObject({ device: { standing: "expired" }, counts: null });
    expect(await (await keepOf()).list()).toBeNull();
  });

  it("are forgotten a month after it where the office says nothing", async () => {
    await begin();
    at(NOW + 31 * DAY);
    expect((await Scanner.recall(TOKEN))?.view()).toMatchObject({ device: { standing: "expired" }, counts: null });
  });

  it.each([
    ["the phone's, of which the office told", 40 * DAY, -40 * DAY],
    ["the office's", 0, 40 * DAY],
  ])("are not while only one clock says so: %s", async (_, phone, off) => {
    const scanner = await begin();
    if (phone > 0) {
      at(NOW + phone);
      office.off = off;
      await scanner.sync();
    } else {
      office.off = off;
      await scanner.sync();
      office.off = 0;
      await scanner.sync();
    }
    office.away = true;
    const later = await Scanner.recall(TOKEN);
    expect(await later?.present(ours.compact)).toMatchObject({ shown: { code: "admitted", mode: "alone" } });
  });
});
