import type { ReactNode } from "react";
import { isMac } from "../platform";
import { useSpeech } from "../locales";
import { Icon } from "./Icon";
import styles from "./Screen.module.css";

/** Where the skip link leads, and the focus when a pane closes. */
export const LIST_ID = "list";

export function focusList(): void {
  document.getElementById(LIST_ID)?.focus();
}

/** The frame that every list screen shares: head, tools, one list, one pane. */
export function Screen({
  title,
  counts,
  tabs,
  tools,
  pane,
  bar,
  children,
}: {
  title: string;
  counts?: ReactNode;
  /** Links to screens that belong together with this one. */
  tabs?: ReactNode;
  tools?: ReactNode;
  pane?: ReactNode;
  /** What can be done with the rows that are selected. */
  bar?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className={styles.screen} id="main" tabIndex={-1}>
      <header className={styles.head}>
        <h1>{title}</h1>
        {counts !== undefined && <p className={styles.counts}>{counts}</p>}
        {tabs}
        {tools !== undefined && <div className={styles.tools}>{tools}</div>}
      </header>
      <div className={styles.split}>
        <div className={styles.list}>
          <div className={styles.rows}>{children}</div>
          {bar}
        </div>
        {pane}
      </div>
    </main>
  );
}

/** A screen that is one page of text and figures. */
export function Page({ children, busy }: { children: ReactNode; busy?: boolean }) {
  return (
    <main className={styles.page} id="main" tabIndex={-1} aria-busy={busy ?? false}>
      {children}
    </main>
  );
}

/** One thing in detail, beside its list. */
export function Pane({
  title,
  under,
  wide = false,
  close,
  children,
}: {
  title: string;
  under?: ReactNode;
  /** With room for fields side by side. */
  wide?: boolean;
  close(): void;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  return (
    <aside className={`${styles.pane} ${wide ? styles.widePane : ""}`} data-pane aria-label={title}>
      <div className={styles.paneHead}>
        <div>
          <h2>{title}</h2>
          {under !== undefined && <p className="quiet">{under}</p>}
        </div>
        <button
          type="button"
          className="icon-button"
          aria-label={t("close")}
          title={`${t("close")} (Esc)`}
          onClick={() => {
            close();
            focusList();
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </aside>
  );
}

/** The keys of a shortcut as they stand on this keyboard. */
export function Keys({ keys }: { keys: readonly string[] }) {
  const names: Record<string, string> = isMac()
    ? { Mod: "⌘", Shift: "⇧", Alt: "⌥" }
    : { Mod: "Ctrl" };
  return (
    <span className={styles.keys}>
      {keys.map((key) => (
        <kbd key={key}>{names[key] ?? key}</kbd>
      ))}
    </span>
  );
}
