import { useVirtualizer } from "@tanstack/react-virtual";
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from "react";

const ROW_HEIGHT = 44;
/** How many rows ahead of the last one in sight are fetched. */
const ROWS_AHEAD = 150;

export interface Column<Row> {
  key: string;
  title: string;
  /** Width as a grid track. */
  track: string;
  /** Given up first when there is little room. */
  spare?: boolean;
  numeric?: boolean;
  show(row: Row): ReactNode;
}

interface RowListProps<Row> {
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  /** How many rows there are in all; those not fetched yet show as blanks. */
  total: number;
  idOf(row: Row): string;
  /** Id of the row whose pane is open. */
  open: string | null;
  onOpen(id: string): void;
  /** Asks for the next page; called again as long as rows are missing. */
  more?: (() => void) | undefined;
}

/** A list of any length: rows in sight only, arrow keys all over. */
export function RowList<Row>(props: RowListProps<Row>) {
  const { label, columns, rows, idOf, open, onOpen, more } = props;
  const total = Math.max(props.total, rows.length);
  const name = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [cursor, setCursor] = useState(-1);

  const virtual = useVirtualizer({
    count: total,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: 10,
  });
  const inSight = virtual.getVirtualItems();
  // The row that the arrow keys are on counts too, before it is scrolled into sight.
  const last = Math.max(inSight.at(-1)?.index ?? 0, cursor);

  useEffect(() => {
    if (more !== undefined && last + ROWS_AHEAD >= rows.length) more();
  }, [more, last, rows.length]);

  // The row that is open, wherever it was opened from, is where the arrow keys go on.
  const openAt = open === null ? -1 : rows.findIndex((row) => idOf(row) === open);
  useEffect(() => {
    if (openAt >= 0) {
      setCursor(openAt);
      virtual.scrollToIndex(openAt, { align: "auto" });
    }
  }, [openAt, virtual]);

  const moveTo = (index: number) => {
    const next = Math.max(0, Math.min(total - 1, index));
    setCursor(next);
    virtual.scrollToIndex(next, { align: "auto" });
    const row = rows[next];
    if (open !== null && row !== undefined) onOpen(idOf(row));
  };

  const press = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey || total === 0) return;
    const page = Math.max(1, Math.floor((scroller.current?.clientHeight ?? 0) / ROW_HEIGHT) - 2);
    const steps: Record<string, number> = {
      ArrowDown: cursor + 1,
      ArrowUp: Math.max(0, cursor - 1),
      PageDown: cursor + page,
      PageUp: cursor - page,
      Home: 0,
      End: total - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      moveTo(step);
    } else if (event.key === "Enter" || event.key === " ") {
      const row = rows[cursor];
      if (row !== undefined) {
        event.preventDefault();
        onOpen(idOf(row));
      }
    }
  };

  const tracks = columns.map((column) => column.track).join(" ");
  const fewTracks = columns
    .filter((column) => !column.spare)
    .map((column) => column.track)
    .join(" ");
  const cellClass = (column: Column<Row>) =>
    `cell${column.spare ? " spare" : ""}${column.numeric ? " numeric" : ""}`;

  return (
    <div
      className="list"
      id="list"
      role="grid"
      aria-label={label}
      aria-rowcount={total + 1}
      aria-colcount={columns.length}
      aria-activedescendant={cursor >= 0 ? `${name}-${cursor}` : undefined}
      tabIndex={0}
      onKeyDown={press}
      style={{ "--tracks": tracks, "--few-tracks": fewTracks }}
    >
      <div className="row head" role="row" aria-rowindex={1}>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={cellClass(column)}>
            {column.title}
          </div>
        ))}
      </div>
      <div className="rows" role="presentation" ref={scroller}>
        <div className="reel" role="presentation" style={{ height: virtual.getTotalSize() }}>
          {inSight.map(({ index, start }) => {
            const row = rows[index];
            const place = { transform: `translateY(${start}px)` };
            if (row === undefined) {
              return (
                <div
                  key={index}
                  role="row"
                  aria-rowindex={index + 2}
                  aria-busy="true"
                  className="row blank"
                  style={place}
                />
              );
            }
            const id = idOf(row);
            return (
              // The grid itself holds the focus and hears the keys.
              <div
                key={index}
                id={`${name}-${index}`}
                role="row"
                aria-rowindex={index + 2}
                aria-selected={id === open}
                className={`row${index === cursor ? " cursor" : ""}${id === open ? " open" : ""}`}
                style={place}
                onClick={() => {
                  setCursor(index);
                  onOpen(id);
                }}
              >
                {columns.map((column) => (
                  <div key={column.key} role="gridcell" className={cellClass(column)}>
                    {column.show(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
      </div>
    </div>
  );
}
