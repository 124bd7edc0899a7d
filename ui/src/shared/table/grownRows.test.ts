import { tableFeatures, useTable } from "@tanstack/react-table";
import { renderHook } from "@testing-library/react";
import { describe, expect, it } from "vitest";
import { createGrownRowModel } from "./grownRows";

interface Named {
  id: string;
}

const named = (count: number, from = 0): Named[] =>
  Array.from({ length: count }, (_, index) => ({ id: `row ${from + index}` }));

const FEATURES = tableFeatures({ coreRowModel: createGrownRowModel() });
const COLUMNS: [] = [];
const getRowId = (row: Named) => row.id;

function listOf(first: Named[]) {
  const { result, rerender } = renderHook(
    (data: Named[]) => useTable({ features: FEATURES, columns: COLUMNS, data, getRowId }),
    { initialProps: first },
  );
  return {
    rows: () => result.current.getCoreRowModel().rows,
    byId: (id: string) => result.current.getCoreRowModel().rowsById[id],
    become: rerender,
  };
}

describe("rows that grow", () => {
  it("keeps what it built for the pages before", () => {
    const first = named(3);
    const list = listOf(first);
    const before = list.rows();
    list.become([...first, ...named(2, 3)]);
    expect(list.rows().map(({ id }) => id)).toEqual(["row 0", "row 1", "row 2", "row 3", "row 4"]);
    expect(list.rows().slice(0, 3)).toEqual(before);
    expect(list.rows()[0]).toBe(before[0]);
    expect(list.byId("row 4")?.index).toBe(4);
  });

  it("keeps those that stay when others before them go", () => {
    const data = named(6);
    const list = listOf(data.slice(0, 4));
    const before = list.rows();
    list.become(data.slice(2));
    expect(list.rows().map(({ id, index }) => `${id} ${index}`)).toEqual([
      "row 2 0",
      "row 3 1",
      "row 4 2",
      "row 5 3",
    ]);
    expect(list.rows()[0]).toBe(before[2]);
    expect(list.byId("row 3")).toBe(before[3]);
    expect(list.byId("row 1")).toBeUndefined();
  });

  it("builds anew from the first row that changed, and forgets those that went", () => {
    const first = named(4);
    const list = listOf(first);
    const before = list.rows();
    list.become([...first.slice(0, 2), { id: "another" }]);
    expect(list.rows().map(({ id, index }) => `${id} ${index}`)).toEqual([
      "row 0 0",
      "row 1 1",
      "another 2",
    ]);
    expect(list.rows()[1]).toBe(before[1]);
    expect(list.byId("row 3")).toBeUndefined();
    expect(list.byId("row 1")).toBe(before[1]);
    list.become([]);
    expect(list.rows()).toEqual([]);
  });
});
