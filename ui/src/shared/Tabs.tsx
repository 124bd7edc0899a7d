import type { ReactNode } from "react";
import styles from "./Tabs.module.css";

/** Links to screens that belong together; the one that is open says so itself. */
export function Tabs({ label, children }: { label: string; children: ReactNode }) {
  return (
    <nav className={styles.tabs} aria-label={label}>
      {children}
    </nav>
  );
}
