/** What is kept where browsers end the connection to it, or clear it. */
import { beforeEach, describe, expect, it, vi } from "vitest";
import { begin, keepOf, list, NOW, type Office, openOffice, ours, TOKEN } from "../office/playedOffice";
import { Scanner } from "../office/scanner";
import { resultOf } from "./database";
import { nameOfLink } from "./links";

let office: Office;
let opened: IDBDatabase[];

beforeEach(() => {
  office = openOffice();
  opened = [];
  const open = indexedDB.open.bind(indexedDB);
  vi.spyOn(indexedDB, "open").mockImplementation((...asked) => {
    const request = open(...asked);
    request.addEventListener("success", () => opened.push(request.result));
    return request;
  });
});

/** What browsers do to a page that was out of sight for long. */
const endConnections = () => {
  for (const database of opened) database.close();
};

describe("a connection that the browser ended", () => {
  it("is made again, and nothing is forgotten", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    endConnections();
    expect(await scanner.present(ours.compact)).toMatchObject({ shown: { code: "used" } });
    expect(scanner.view()).toMatchObject({ shut: false, writable: true, waiting: 2 });
    office.away = false;
    endConnections();
    await scanner.sync();
    expect(scanner.view()).toMatchObject({ shut: false, waiting: 0 });
  });

  it("admits nobody where all was cleared, and says that the page has to be loaded again", async () => {
    const scanner = await begin();
    office.away = true;
    await scanner.present(ours.compact);
    endConnections();
    await resultOf(indexedDB.deleteDatabase(`gatehouse-scan-${await nameOfLink(TOKEN)}`));
    await expect(scanner.present(ours.compact)).rejects.toThrow();
    expect(scanner.view()).toMatchObject({ shut: true, writable: true });
    await scanner.sync();
    expect(scanner.view().shut).toBe(true);
    expect(await Scanner.recall(TOKEN)).toBeNull();
  });
});

describe("a list that is still the newest", () => {
  it("is not written again, and counts as fetched anew", async () => {
    const scanner = await begin();
    office.answers["roster"] = () => [304, null];
    const later = NOW + 61_000;
    vi.spyOn(Date, "now").mockImplementation(() => later);
    await scanner.sync();
    expect(await (await keepOf()).list()).toMatchObject({ as_of: list().as_of, fetched_at: later });
    const kept = opened.at(-1)?.transaction("kept").objectStore("kept");
    expect(await resultOf(kept?.get("list") as IDBRequest)).toMatchObject({ fetched_at: NOW });
    office.answers["roster"] = () => [200, { ...list(), as_of: 8 }];
    await scanner.sync();
    expect(await (await keepOf()).list()).toMatchObject({ as_of: 8, fetched_at: later });
  });
});
