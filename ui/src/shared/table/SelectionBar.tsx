import { type ReactNode, useLayoutEffect, useRef } from "react";
import { useSpeech } from "../../locales";
import styles from "./table.module.css";
import { type List, type RowData, selectedRows } from "./useList";

/** What can be done with the rows that are selected; nothing while none is. */
export function SelectionBar<Row extends RowData>({
  list,
  children,
}: {
  list: List<Row>;
  children(rows: Row[]): ReactNode;
}) {
  const { t } = useSpeech();
  const rows = selectedRows(list);
  const bar = useRef<HTMLElement>(null);
  const shown = rows.length > 0;
  // What is told of stands above it, however many lines it takes.
  useLayoutEffect(() => {
    const root = document.documentElement;
    const element = bar.current;
    if (!shown || element === null) return;
    const measure = () => root.style.setProperty("--selection-bar", `${element.offsetHeight}px`);
    measure();
    const watch = new ResizeObserver(measure);
    watch.observe(element);
    return () => {
      watch.disconnect();
      root.style.removeProperty("--selection-bar");
    };
  }, [shown]);
  if (rows.length === 0) return null;
  return (
    <section ref={bar} className={styles.bar} aria-label={t("table.selection")} data-selection>
      <strong role="status">{t("table.selected", { count: rows.length })}</strong>
      {children(rows)}
      <button
        type="button"
        className="text-button"
        data-clear-selection
        onClick={() => list.table.resetRowSelection(true)}
      >
        {t("table.clear")}
      </button>
    </section>
  );
}
