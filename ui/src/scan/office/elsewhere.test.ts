/** What the office tells a phone of other gates, and what the phone tells of how it got on. */
import { beforeEach, describe, expect, it } from "vitest";
import { begin, keepOf, list, NOW, type Office, openOffice, ours, TOKEN } from "./playedOffice";
import { Scanner } from "./scanner";

let office: Office;

beforeEach(() => {
  office = openOffice();
});

describe("a place that takes no more people", () => {
  const counts = (room: number) => {
    office.answers["sync"] = (body) => {
      const taken = office.takes(body, "SUCCESS") as { settings: object };
      return [200, { ...taken, settings: { ...taken.settings, room } }];
    };
  };

  it("is full by the office's last count and what happened here since", async () => {
    counts(1);
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    const keep = await keepOf();
    expect(await keep.moved()).toBe(1);
    // Somebody else would be one too many; a page that is opened anew knows that too.
    const reopened = await Scanner.recall(TOKEN);
    scanner.turn("exit");
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "exited" } });
    expect(await keep.moved()).toBe(0);
    expect(reopened?.view().device.settings.room).toBe(1);
  });

  it("keeps people out who would be too many, and lets nobody be kept from leaving", async () => {
    counts(0);
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "zone_full", attention: true } });
    expect(await (await keepOf()).moved()).toBe(0);
    office.away = false;
    counts(4);
    await scanner.sync();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    office.away = false;
    // The office has counted it by now.
    await scanner.sync();
    expect(await (await keepOf()).moved()).toBe(0);
  });
});

describe("what happened elsewhere", () => {
  const passage = (nonce: string, minutesAgo: number, more: object = {}) => ({
    nonce, direction: "entry", session: "evening", day: 20_261_205, zone: null, at: NOW - minutesAgo * 60_000, ...more,
  });
  const tells = (passages: object[], undone: string[] = [], to = "1.1") => {
    office.answers["passages"] = () => [200, { tickets: [{ ticket: ours.ticket, passages, undone }], to, more: false }];
  };

  it("refuses alone what was used at another gate, and says when", async () => {
    tells([passage("elsewhere", 5)]);
    const scanner = await begin();
    expect(scanner.view().counts).toEqual({ came: 1, expected: 2 });
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({
      shown: { code: "used", first_used_at: NOW - 5 * 60_000, first_used_gate: null },
    });
    const reopened = await Scanner.recall(TOKEN);
    expect(await reopened?.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
  });

  it("hears page by page, and goes on where it stopped", async () => {
    const pages = [
      { tickets: [], to: "1.500", more: true },
      { tickets: [{ ticket: ours.ticket, passages: [passage("elsewhere", 5)], undone: [] }], to: "1.501", more: false },
    ];
    office.answers["passages"] = () => [200, pages.shift() ?? { tickets: [], to: "1.501", more: false }];
    const scanner = await begin();
    await scanner.sync();
    const asked = office.asked.filter(({ path }) => path.includes("/passages")).map(({ path }) => path.split("/").at(-1));
    expect(asked).toEqual(["passages", "passages?after=1.500", "passages?after=1.501"]);
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
  });

  it("lets in again who was taken back, here too, and forgets what another home told", async () => {
    const scanner = await begin();
    office.away = true;
    const first = await scanner.present(ours.compact);
    office.away = false;
    const nonce = "shown" in first ? first.shown.scan : "";
    tells([passage(nonce, 0)]);
    await scanner.sync();
    office.away = true;
    // What happened here and is told as well is one passage.
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used", first_used_gate: "Front door" } });
    office.away = false;
    tells([], [nonce], "1.2");
    await scanner.sync();
    expect(scanner.view().counts).toEqual({ came: 0, expected: 2 });
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    const keep = await keepOf();
    await keep.saveTold([], "2.0");
    expect(await keep.toldOf(ours.ticket)).toBeNull();
    expect(await keep.told()).toBe("2.0");
  });

  it("counts exits and entries elsewhere where the event lets people come back", async () => {
    office.answers["roster"] = () => [200, { ...list(), event: { ...list().event, re_entry: "after_exit" } }];
    tells([passage("in", 9), passage("out", 5, { direction: "exit" })]);
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted", first_time: false } });
    office.away = false;
    tells([passage("in", 9), passage("out", 5, { direction: "exit" }), passage("in again", 2)], [], "1.2");
    await scanner.sync();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
  });

  it("lets rules count them", async () => {
    const rules = [{ title: "Twice", logic: { "<": [{ var: "entries.today" }, 2] } }];
    office.answers["roster"] = () => [200, { ...list(), rules, event: { ...list().event, re_entry: "unlimited" } }];
    tells([passage("one", 9)]);
    const scanner = await begin();
    office.away = true;
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "admitted" } });
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "rule_refused", rule: "Twice" } });
  });

  it("is wiped with the rest", async () => {
    tells([passage("elsewhere", 5)]);
    const scanner = await begin();
    office.answers["sync"] = () => [403, { code: "scanner_revoked", detail: "" }];
    await scanner.sync();
    const keep = await keepOf();
    expect(await keep.toldOf(ours.ticket)).toBeNull();
    expect(await keep.told()).toBeNull();
  });
});

describe("how it got on", () => {
  it("tells how often sending failed since it last went well, once", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.sync();
    await scanner.sync();
    office.away = false;
    office.answers["sync"] = () => [429, { code: "busy", detail: "" }];
    await scanner.sync();
    office.answers["sync"] = (body) => [200, office.takes(body, "SUCCESS")];
    await (await Scanner.recall(TOKEN))?.sync();
    await scanner.sync();
    const told = office.asked.filter(({ path }) => path.endsWith("/sync")).map(({ body }) => [body["syncAttempts"], body["syncFailures"]]);
    expect(told).toEqual([
      [1, 0],
      [3, 2],
      [4, 3],
      [1, 0],
    ]);
  });
});
