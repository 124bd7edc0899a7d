import { describe, expect, it } from "vitest";
import { LongList, type Slice } from "./longList";

/** A list of numbered rows at an office that answers by pages of ten. */
function office(count: number, counts = true) {
  const rows = Array.from({ length: count }, (_, index) => `row ${index}`);
  const asked: string[] = [];
  const read = async ({ turned, after }: Slice) => {
    asked.push(`${turned ? "end" : "start"} ${after ?? "-"}`);
    const order = turned ? rows.toReversed() : rows;
    const start = after === null ? 0 : order.indexOf(after) + 1;
    const items = after !== null && start === 0 ? [] : order.slice(start, start + 200);
    const more = start + 200 < order.length && items.length > 0;
    return { items, next: more ? (items.at(-1) ?? null) : null, total: counts ? rows.length : null };
  };
  const list = new LongList(read);
  list.subscribe(() => undefined);
  const settle = async () => {
    for (let turn = 0; turn < 60; turn += 1) await Promise.resolve();
  };
  const at = (index: number) => {
    const { rows: here, head, total } = list.state();
    if (index < head) return here[index];
    const gap = (total ?? 0) - here.length;
    return index < head + gap ? undefined : here[index - gap];
  };
  return { rows, asked, list, settle, at };
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
    expect(list.state().rows).toEqual(rows);
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
    expect(list.state()).toMatchObject({ rows, total: 500 });
  });

  it("shows a change before it is read anew, and takes it back", async () => {
    const { list, settle, at } = office(10);
    list.look(0, 9);
    await settle();
    const back = list.patch((row) => (row === "row 3" ? "another" : row));
    expect(at(3)).toBe("another");
    back();
    expect(at(3)).toBe("row 3");
  });
});
