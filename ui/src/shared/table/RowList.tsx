import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, useEffect, useId, useRef, useState } from "react";
import { useSpeech } from "../../locales";
import type { Span } from "../longList";
import { LIST_ID } from "../Screen";
import { Heading } from "./Heading";
import styles from "./table.module.css";
import { gridKeys } from "./gridKeys";
import type { Column, List, ListRow, RowData } from "./useList";

const ROW_HEIGHT = 44;
const HEAD_HEIGHT = 36;
/** How many rows ahead of the last one in sight are fetched. */
const ROWS_AHEAD = 150;
/** Blank rows while nobody knows how many there are. */
const BLANKS = 8;

interface RowListProps<Row extends RowData> {
  label: string;
  list: List<Row>;
  /** How many rows there are in all, null before that is known; those to come show as blanks. */
  total: number | null;
  /** Id of the row whose pane is open. */
  open: string | null;
  onOpen(id: string): void;
  /** Asks for the next page; called again as long as rows are missing. */
  more?: (() => void) | undefined;
  /** Where the rows that are here stand in the list. At its beginning, when absent. */
  spans?: readonly Span[];
  /** Hears which rows are in sight, by their first and last index. */
  onView?(first: number, last: number): void;
}

const cellClass = <Row extends RowData,>(column: Column<Row>) =>
  [styles.cell, column.spare ? styles.spare : "", column.numeric ? styles.numeric : ""].join(" ");

function Cells<Row extends RowData>({ list, row }: { list: List<Row>; row: ListRow<Row> }) {
  return list.shown.map((column) => (
    <div key={column.key} role="gridcell" className={cellClass(column)}>
      {column.show(row.original)}
    </div>
  ));
}

/** A list of any length: rows in sight only, arrow keys all over. */
export function RowList<Row extends RowData>({
  label,
  list,
  total: told,
  open,
  onOpen,
  more,
  spans: places,
  onView,
}: RowListProps<Row>) {
  const { t } = useSpeech();
  const { table, shown, selectable, nameOf } = list;
  const { rows } = table.getRowModel();
  const spans = places ?? [{ first: 0, at: 0, length: rows.length }];
  const total = Math.max(told ?? BLANKS, ...spans.map(({ first, length }) => first + length));
  const spanOf = (index: number) =>
    spans.find(({ first, length }) => index >= first && index < first + length);
  const rowAt = (index: number) => {
    const span = spanOf(index);
    return span === undefined ? undefined : rows[span.at + index - span.first];
  };
  const name = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(-1);
  /** Index of the row whose box was clicked last. */
  const clicked = useRef(-1);

  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
    // The head stays in sight above the rows and takes its height from the foot of the list.
    scrollPaddingEnd: HEAD_HEIGHT,
  });
  const inSight = virtual.getVirtualItems();
  // The row that the arrow keys are on counts too, before it is scrolled into sight.
  const first = inSight[0]?.index ?? 0;
  const end = inSight.at(-1)?.index ?? 0;
  const last = Math.max(end, cursor);

  useEffect(() => {
    if (more !== undefined && last + ROWS_AHEAD >= rows.length) more();
  }, [more, last, rows.length]);

  useEffect(() => onView?.(first, end), [onView, first, end]);

  // The row that is open, wherever it was opened from, is where the arrow keys go on.
  const found = open === null ? -1 : rows.findIndex((row) => row.id === open);
  const openIn = spans.find(({ at, length }) => found >= at && found < at + length);
  const openAt = openIn === undefined ? -1 : openIn.first + found - openIn.at;
  const followed = useRef<{ id: string | null; away: boolean }>({ id: null, away: false });
  useEffect(() => {
    // One that was scrolled away from does not pull the list back when its page is read again.
    const returns = followed.current.id === open && followed.current.away;
    if (openAt < 0) {
      followed.current = { id: open === null ? null : followed.current.id, away: true };
      return;
    }
    followed.current = { id: open, away: false };
    if (returns) return;
    setCursor(openAt);
    virtual.scrollToIndex(openAt, { align: "auto" });
  }, [open, openAt, virtual]);

  const press = gridKeys({
    cursor,
    total,
    screenful: Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2),
    selectable,
    moveTo(index) {
      setCursor(index);
      virtual.scrollToIndex(index, { align: "auto" });
      // The row will be in sight, and is asked for before it is.
      onView?.(index, index);
      const row = rowAt(index);
      if (open !== null && row !== undefined) onOpen(row.id);
    },
    open(index) {
      const row = rowAt(index);
      if (row !== undefined) onOpen(row.id);
    },
    toggle: (index) => rowAt(index)?.toggleSelected(),
    select: (index) => rowAt(index)?.toggleSelected(true),
    selectAll: () => table.toggleAllRowsSelected(true),
  });

  const few = shown.filter((column) => !column.spare);
  const tracks = (columns: readonly Column<Row>[], widthOf: (column: Column<Row>) => string) =>
    [...(selectable ? ["20px"] : []), ...columns.map(widthOf)].join(" ");
  const usual = (column: Column<Row>) => column.track;
  const narrow = (column: Column<Row>) =>
    column.narrow ?? column.track.replace(/minmax\([^,]+,/, "minmax(0,");

  return (
    <div
      className={styles.list}
      id={LIST_ID}
      ref={scroller}
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={shown.length + (selectable ? 1 : 0)}
      aria-multiselectable={selectable}
      aria-activedescendant={cursor >= 0 ? `${name}-${cursor}` : undefined}
      aria-busy={told === null}
      tabIndex={0}
      onKeyDown={press}
      style={{
        "--tracks": tracks(shown, usual),
        "--few-tracks": tracks(few, usual),
        "--narrow-tracks": tracks(few, narrow),
      }}
    >
      <Heading list={list} cellClass={cellClass} />
      <div className={styles.reel} role="rowgroup" style={{ height: virtual.getTotalSize() }}>
        {inSight.map(({ index, start }) => {
          const row = rowAt(index);
          const place = { transform: `translateY(${start}px)` };
          if (row === undefined) {
            return (
              <div
                key={index}
                id={`${name}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                className={`${styles.row} ${styles.blank}`}
                style={place}
              >
                <div role="gridcell" aria-label={t("table.blank")} />
              </div>
            );
          }
          const { id } = row;
          const selected = selectable && row.getIsSelected();
          return (
            // The grid itself holds the focus and hears the keys.
            <div
              key={index}
              id={`${name}-${index}`}
              role="row"
              aria-rowindex={index + 2}
              aria-selected={selectable ? selected : undefined}
              aria-current={id === open ? true : undefined}
              className={[
                styles.row,
                index === cursor ? styles.cursor : "",
                selected ? styles.selected : "",
                id === open ? styles.open : "",
              ].join(" ")}
              style={place}
              onClick={() => {
                setCursor(index);
                onOpen(id);
              }}
            >
              {selectable && (
                // A click beside the box is meant for the box, not for the row.
                <div
                  role="gridcell"
                  className={styles.select}
                  onClick={(event: MouseEvent) => {
                    event.stopPropagation();
                    setCursor(index);
                    // A range that is not here as a whole would be selected with holes.
                    const whole = spanOf(clicked.current) === spanOf(index);
                    clicked.current = index;
                    row.getToggleSelectedHandler()({
                      target: { checked: !selected },
                      shiftKey: event.shiftKey && whole,
                    });
                  }}
                >
                  <input
                    type="checkbox"
                    tabIndex={-1}
                    aria-label={t("table.selectRow", { name: nameOf?.(row.original) ?? "" })}
                    checked={selected}
                    readOnly
                  />
                </div>
              )}
              <Cells list={list} row={row} />
            </div>
          );
        })}
      </div>
    </div>
  );
}
