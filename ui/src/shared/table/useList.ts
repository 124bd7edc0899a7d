import {
  type ColumnDef,
  columnVisibilityFeature,
  createSortedRowModel,
  type RowData,
  type Row as TableRow,
  rowSelectionFeature,
  rowSortingFeature,
  type SortingState,
  tableFeatures,
  type Updater,
  useTable,
} from "@tanstack/react-table";
import { type ReactNode, useEffect, useMemo, useState } from "react";
import { useSpeech } from "../../locales";
import { recall, remember } from "../../platform";
import { createGrownRowModel } from "./grownRows";

/** What a list can be asked for; one object, since the table is built anew when it changes. */
const FEATURES = tableFeatures({
  coreRowModel: createGrownRowModel(),
  columnVisibilityFeature,
  rowSelectionFeature,
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
});

export type Features = typeof FEATURES;

export type { RowData };

export interface Column<Row extends RowData> {
  key: string;
  title: string;
  /** Width as a grid track. */
  track: string;
  /** Width where there is hardly any room; without it the column shrinks as far as it must. */
  narrow?: string;
  /** Given up first when there is little room. */
  spare?: boolean;
  numeric?: boolean;
  /** Always shown: without it nobody would know the row. */
  fixed?: boolean;
  /** What the rows are put in order by; a column without it can't be sorted by. */
  order?(row: Row): string | number | null;
  show(row: Row): ReactNode;
}

export interface ListOptions<Row extends RowData> {
  /** Under which the chosen columns are remembered. */
  name: string;
  /** Kept between renders (`useMemo`), as the rows are. */
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** Whether every row is here: only then can they be put in order. */
  complete: boolean;
  idOf(row: Row): string;
  /** Rows that are on the list, though not among `rows` any more: they stay selected. */
  away?: { has(row: Row): boolean };
  /** What a row is called when it is selected. */
  nameOf?(row: Row): string;
  /** The order that the rows come in, where the office puts them in order. */
  order?: ListOrder;
}

export interface ListOrder {
  /** Keys of the columns that can be asked for. */
  columns: readonly string[];
  /** Key of the column; null for the order in which the rows were added. */
  by: string | null;
  descending: boolean;
  change(by: string | null, descending: boolean): void;
}

function recallHidden(name: string): Record<string, boolean> {
  const kept = recall(`columns.${name}`);
  return Object.fromEntries((kept ?? "").split(" ").filter(Boolean).map((key) => [key, false]));
}

/** A list with its selection, its order and its columns: shared by the rows and the bars around. */
export function useList<Row extends RowData>(options: ListOptions<Row>) {
  const { name, columns, rows, complete, idOf, nameOf, order, away } = options;
  const { locale } = useSpeech();
  const [hidden, setHidden] = useState(() => recallHidden(name));

  const byOffice = order?.columns;
  const definitions = useMemo(() => {
    const collator = new Intl.Collator(locale, { numeric: true, sensitivity: "base" });
    const compare = (a: unknown, b: unknown) =>
      typeof a === "number" && typeof b === "number" ? a - b : collator.compare(String(a), String(b));
    return columns.map(
      (column): ColumnDef<Features, Row> => ({
        id: column.key,
        accessorFn: (row) => column.order?.(row) ?? undefined,
        enableSorting: byOffice?.includes(column.key) ?? (complete && column.order !== undefined),
        enableHiding: !column.fixed,
        sortUndefined: "last",
        sortDescFirst: false,
        sortFn: (a, b, key) => compare(a.getValue(key), b.getValue(key)),
      }),
    );
  }, [columns, complete, locale, byOffice]);

  const orderedBy = order?.by ?? null;
  const turned = order?.descending ?? false;
  const sorting = useMemo(
    () => (orderedBy === null ? [] : [{ id: orderedBy, desc: turned }]),
    [orderedBy, turned],
  );
  const table = useTable({
    features: FEATURES,
    columns: definitions,
    data: rows,
    getRowId: idOf,
    enableRowSelection: nameOf !== undefined,
    state: { columnVisibility: hidden, ...(order && { sorting }) },
    ...(order && {
      manualSorting: true,
      onSortingChange: (change: Updater<SortingState>) => {
        const [next] = typeof change === "function" ? change(sorting) : change;
        order.change(next?.id ?? null, next?.desc ?? false);
      },
    }),
    onColumnVisibilityChange: (change) => {
      const next = typeof change === "function" ? change(hidden) : change;
      const keys = Object.keys(next).filter((key) => next[key] === false);
      remember(`columns.${name}`, keys.length === 0 ? null : keys.join(" "));
      setHidden(next);
    },
  });

  const shown = columns.filter((column) => column.fixed || hidden[column.key] !== false);
  const [seen] = useState(() => new Map<string, Row>());
  const chosen = table.getSelectedRowIds();
  useEffect(() => {
    const { rowsById } = table.getCoreRowModel();
    const ids = new Set(chosen);
    for (const id of seen.keys()) if (!ids.has(id)) seen.delete(id);
    for (const id of ids) {
      const row = rowsById[id]?.original;
      if (row !== undefined) seen.set(id, row);
    }
  }, [table, rows, chosen, seen]);
  return { table, columns, shown, selectable: nameOf !== undefined, nameOf, seen, away };
}

export type List<Row extends RowData> = ReturnType<typeof useList<Row>>;

export type ListRow<Row extends RowData> = TableRow<Features, Row>;

/** The rows that are selected, among those on the list. */
export function selectedRows<Row extends RowData>({ table, seen, away }: List<Row>): Row[] {
  const here = table.getSelectedRowModel();
  const rows = here.rows.map((row) => row.original);
  if (away !== undefined) {
    for (const [id, row] of seen) if (here.rowsById[id] === undefined && away.has(row)) rows.push(row);
  }
  return rows;
}
