import {
  constructRow,
  type Row,
  type RowData,
  type RowModel,
  type Table,
  type TableFeatures,
  tableMemo,
} from "@tanstack/react-table";

/**
 * The rows of a list whose pages come and go: what was built for those that stay is kept, so that
 * the last of 200 pages costs as little as the first. The table's own model builds every row anew.
 */
export function createGrownRowModel<F extends TableFeatures, D extends RowData>() {
  return (table: Table<F, D>): (() => RowModel<F, D>) => {
    let built: RowModel<F, D> | null = null;
    return tableMemo({
      feature: "coreRowModelsFeature",
      table,
      fnName: "table.getCoreRowModel",
      memoDeps: () => [table.options.data],
      fn: () => {
        built = grow(table, built, table.options.data);
        return built;
      },
    });
  };
}

/** How many rows at the start are those that were built before. */
function kept<F extends TableFeatures, D extends RowData>(
  rows: readonly Row<F, D>[],
  data: readonly D[],
): number {
  const most = Math.min(rows.length, data.length);
  let same = 0;
  while (same < most && rows[same]?.original === data[same]) same += 1;
  return same;
}

function grow<F extends TableFeatures, D extends RowData>(
  table: Table<F, D>,
  before: RowModel<F, D> | null,
  data: readonly D[],
): RowModel<F, D> {
  const same = before === null ? 0 : kept(before.rows, data);
  const grows = before !== null && same === before.rows.length;
  const rows = before?.rows.slice(0, same) ?? [];
  // Ids are looked up in one map for as long as rows are only added to it.
  const rowsById: Record<string, Row<F, D>> = grows ? before.rowsById : Object.create(null);
  if (!grows) for (const row of rows) rowsById[row.id] = row;
  for (const [index, original] of data.slice(same).entries()) {
    const at = same + index;
    const id = table.getRowId(original, at);
    const known = before?.rowsById[id];
    const row = known?.original === original ? known : constructRow(table, id, original, at, 0);
    row.index = at;
    rows.push(row);
    rowsById[row.id] = row;
  }
  return { rows, flatRows: rows, rowsById };
}
