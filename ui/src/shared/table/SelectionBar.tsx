import type { ReactNode } from "react";
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
  if (rows.length === 0) return null;
  return (
    <section className={styles.bar} aria-label={t("table.selection")} data-selection>
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
