import { describe, expect, it } from "vitest";
import { LongList, type Slice } from "./longList";

interface Numbered {
  name: string;
}

/** A list of numbered rows at an office that answers by pages of two hundred. */
function office(count: number, counts = true) {
  const rows = Array.from({ length: count }, (_, index) => `row ${index}`);
  const asked: string[] = [];
  const read = async ({ turned, after }: Slice) => {
    asked.push(`${turned ? "end" : "start"} ${after ?? "-"}`);
    const order = turned ? rows.toReversed() : rows;
    const start = after === null ? 0 : order.indexOf(after) + 1;
    const names = after !== null && start === 0 ? [] : order.slice(start, start + 200);
    const more = start + 200 < order.length && names.length > 0;
    const items = names.map((name): Numbered => ({ name }));
    return { items, next: more ? (names.at(-1) ?? null) : null, total: counts ? rows.length : null };
  };
  const list = new LongList(read);
  let shows = 0;
  const leave = list.subscribe(() => {
    shows += 1;
  });
  const settle = async () => {
    for (let turn = 0; turn < 500; turn += 1) await Promise.resolve();
  };
  const look = async (first: number, last = first + 20) => {
    list.look(first, last);
    await settle();
  };
  const rowAt = (index: number) => {
    const { rows: here, spans } = list.state();
    const span = spans.find(({ first, length }) => index >= first && index < first + length);
    return span === undefined ? undefined : here[span.at + index - span.first];
  };
  const at = (index: number) => rowAt(index)?.name;
  const from = (first: number, length: number) => Array.from({ length }, (_, index) => at(first + index));
  return { rows, asked, list, leave, settle, look, at, rowAt, from, shows: () => shows };
}

describe("a long list", () => {
  it("reads what is near the view, and knows how long it is", async () => {
    const { list, asked, settle, at } = office(5_000);
    list.look(0, 20);
    await settle();
    expect(asked).toEqual(["start -"]);
    expect(list.state().total).toBe(5_000);
    list.look(190, 210);
    await settle();
    expect(asked).toEqual(["start -", "start row 199"]);
    expect(at(399)).toBe("row 399");
    expect(at(400)).toBeUndefined();
  });

  it("reaches its end from there", async () => {
    const { list, asked, settle, at } = office(5_000);
    list.look(0, 20);
    await settle();
    list.look(4_980, 4_999);
    await settle();
    expect(asked).toEqual(["start -", "end -"]);
    expect(at(4_999)).toBe("row 4999");
    expect(at(4_800)).toBe("row 4800");
    expect(at(2_000)).toBeUndefined();
  });

  it("shows each row once where both ends meet", async () => {
    const { list, settle, at, rows } = office(500);
    list.look(0, 20);
    await settle();
    list.look(480, 499);
    await settle();
    list.look(240, 260);
    await settle();
    expect(list.state().rows.map(({ name }) => name)).toEqual(rows);
    expect(at(250)).toBe("row 250");
  });

  it("reads anew only what is in sight, and follows rows that come and go", async () => {
    const { list, asked, settle, at, rows } = office(1_000);
    list.look(0, 20);
    await settle();
    list.look(350, 390);
    await settle();
    asked.length = 0;
    rows.splice(3, 1);
    rows.splice(205, 1);
    list.look(0, 20);
    list.refresh();
    await settle();
    expect(asked[0]).toBe("start -");
    expect(at(3)).toBe("row 4");
    expect(list.state().total).toBe(998);
    list.look(180, 240);
    await settle();
    expect(Array.from({ length: 300 }, (_, index) => at(index))).toEqual(rows.slice(0, 300));
  });

  it("finds the first row that there is, and one more at an end that it knows", async () => {
    const { list, settle, at, rows } = office(0);
    list.look(0, 20);
    await settle();
    expect(list.state().total).toBe(0);
    rows.push("row 0");
    list.refresh();
    await settle();
    expect(at(0)).toBe("row 0");
    for (let index = 1; index < 500; index += 1) rows.push(`row ${index}`);
    list.look(480, 499);
    list.refresh();
    await settle();
    list.look(0, 20);
    await settle();
    rows.push("row 500");
    list.refresh();
    await settle();
    expect(list.state().total).toBe(501);
    list.look(470, 500);
    await settle();
    expect(at(500)).toBe("row 500");
  });

  it("goes on where the row that a page came after is gone", async () => {
    const { list, settle, at, rows } = office(1_000);
    list.look(0, 20);
    await settle();
    list.look(190, 230);
    await settle();
    list.look(390, 420);
    await settle();
    rows.splice(199, 1);
    rows.splice(398, 1);
    list.refresh();
    await settle();
    expect(Array.from({ length: 40 }, (_, index) => at(390 + index))).toEqual(rows.slice(390, 430));
  });

  it("grows from its beginning alone where nobody says how long it is", async () => {
    const { list, asked, settle, rows } = office(500, false);
    list.look(0, 20);
    await settle();
    expect(asked).toEqual(["start -"]);
    expect(list.state().total).toBeNull();
    for (const first of [180, 380, 490]) {
      list.look(first, first + 20);
      await settle();
    }
    expect(list.state().total).toBe(500);
    expect(list.state().rows.map(({ name }) => name)).toEqual(rows);
  });

  it("shows a change before it is read anew, and takes it back", async () => {
    const { list, settle, at } = office(10);
    list.look(0, 9);
    await settle();
    const back = list.patch((row) => (row.name === "row 3" ? { name: "another" } : row));
    expect(at(3)).toBe("another");
    back();
    expect(at(3)).toBe("row 3");
  });

  it("keeps the rows near the view and at both ends, however far one walks", async () => {
    const { list, look, at, from, rows } = office(20_000);
    let most = 0;
    for (let first = 0; first < 20_000; first += 100) {
      await look(first, Math.min(first + 30, 19_999));
      expect(from(first, 31)).toEqual(Array.from({ length: 31 }, (_, index) => rows[first + index]));
      most = Math.max(most, list.state().rows.length);
    }
    expect(most).toBeLessThanOrEqual(3_000);
    expect(list.state().total).toBe(20_000);
    expect([at(0), at(19_999)]).toEqual(["row 0", "row 19999"]);
    expect(at(10_000)).toBeUndefined();
  });

  it("reads a page again that comes back into sight, and only that", async () => {
    const { look, asked, at, from, rows } = office(20_000);
    await look(0);
    for (let first = 100; first <= 4_000; first += 100) await look(first);
    expect(at(1_000)).toBeUndefined();
    asked.length = 0;
    await look(1_090, 1_110);
    expect(asked).toEqual(["start row 999", "start row 799", "start row 1199"]);
    expect(from(1_000, 200)).toEqual(rows.slice(1_000, 1_200));
    asked.length = 0;
    await look(0);
    expect(asked.length).toBeLessThanOrEqual(1);
    expect(at(0)).toBe("row 0");
  });

  it("walks into the middle from the nearer end, and shows nothing of the way", async () => {
    const { list, look, settle, asked, at, shows } = office(10_000);
    await look(0);
    const before = shows();
    await look(6_000);
    await settle();
    expect(at(6_000)).toBe("row 6000");
    expect(asked.filter((page) => page.startsWith("end")).length).toBeGreaterThanOrEqual(20);
    expect(shows() - before).toBeLessThan(asked.length);
    expect(list.state().rows.length).toBeLessThanOrEqual(3_000);
    asked.length = 0;
    await look(9_900);
    await look(6_000);
    // Where the pages begin is known, so that the way is not gone again.
    expect(asked.length).toBeLessThanOrEqual(8);
    expect(at(6_000)).toBe("row 6000");
  });

  it("tells which rows that are away are still on the list", async () => {
    const { list, look, rowAt, rows } = office(20_000);
    await look(600);
    const [stays, goes] = [rowAt(610), rowAt(611)];
    if (stays === undefined || goes === undefined) throw new Error("no rows");
    expect(list.state().away.has(stays)).toBe(false);
    for (let first = 700; first <= 3_000; first += 100) await look(first);
    expect(list.state().away.has(stays)).toBe(true);
    rows.splice(611, 1);
    list.refresh();
    await look(600);
    // It is here again, as another object; the one that went is nowhere.
    expect(rowAt(610)).toEqual(stays);
    expect(list.state().away.has(goes)).toBe(false);
    expect(rowAt(611)?.name).toBe("row 612");
  });

  it("follows a change far from the view once it comes there", async () => {
    const { list, look, from, rows } = office(20_000);
    for (let first = 0; first <= 5_000; first += 100) await look(first);
    rows.splice(700, 3, "new row");
    rows.splice(1_199, 1);
    list.refresh();
    for (let first = 5_000; first >= 0; first -= 100) await look(first);
    for (let first = 0; first <= 2_000; first += 100) await look(first);
    await look(300);
    expect(from(150, 320)).toEqual(rows.slice(150, 470));
    await look(1_000);
    expect(from(850, 320)).toEqual(rows.slice(850, 1_170));
    expect(list.state().total).toBe(19_997);
  });

  it("keeps the first page alone while nobody looks", async () => {
    const { list, leave, look, settle, at } = office(5_000);
    await look(0);
    await look(4_980, 4_999);
    await look(800);
    leave();
    expect(list.state().rows).toHaveLength(200);
    expect(list.state().total).toBe(5_000);
    list.subscribe(() => undefined);
    await look(4_980, 4_999);
    await settle();
    expect(at(4_990)).toBe("row 4990");
    expect(at(0)).toBe("row 0");
  });
});
