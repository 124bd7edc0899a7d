import { useEffect, useRef } from "react";
import { useSpeech } from "../../locales";
import { Icon } from "../Icon";
import styles from "./table.module.css";
import type { Column, List, RowData } from "./useList";

function SelectAll<Row extends RowData>({ list: { table } }: { list: List<Row> }) {
  const { t } = useSpeech();
  const box = useRef<HTMLInputElement>(null);
  const all = table.getIsAllRowsSelected();
  const some = table.getIsSomeRowsSelected() && !all;
  useEffect(() => {
    if (box.current !== null) box.current.indeterminate = some;
  }, [some]);
  return (
    <div role="columnheader" className={styles.select}>
      <input
        ref={box}
        type="checkbox"
        tabIndex={-1}
        aria-label={t("table.selectAll")}
        checked={all}
        // Those that are selected at a distance are meant too.
        onChange={() => (all ? table.resetRowSelection(true) : table.toggleAllRowsSelected(true))}
      />
    </div>
  );
}

function Title<Row extends RowData>({ column, list }: { column: Column<Row>; list: List<Row> }) {
  const { t } = useSpeech();
  const sorted = list.table.getColumn(column.key);
  if (sorted === undefined || !sorted.getCanSort()) return column.title;
  const order = sorted.getIsSorted();
  const next = order === false ? "sortUp" : order === "asc" ? "sortDown" : "sortNone";
  return (
    <button
      type="button"
      className={styles.sort}
      title={t(`table.${next}`, { column: column.title })}
      onClick={() => {
        if (order === "desc") sorted.clearSorting();
        else sorted.toggleSorting(order === "asc");
      }}
    >
      <span>{column.title}</span>
      {order !== false && <Icon name={order === "asc" ? "up" : "down"} />}
    </button>
  );
}

const ORDERS = { asc: "ascending", desc: "descending" } as const;

/** The head of a list; it stays in sight. */
export function Heading<Row extends RowData>({
  list,
  cellClass,
}: {
  list: List<Row>;
  cellClass(column: Column<Row>): string;
}) {
  return (
    <div role="rowgroup" className={styles.head}>
      <div className={styles.row} role="row" aria-rowindex={1}>
        {list.selectable && <SelectAll list={list} />}
        {list.shown.map((column) => {
          const order = list.table.getColumn(column.key)?.getIsSorted() ?? false;
          return (
            <div
              key={column.key}
              role="columnheader"
              className={cellClass(column)}
              aria-sort={order === false ? undefined : ORDERS[order]}
            >
              <Title column={column} list={list} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
