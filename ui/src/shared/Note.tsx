import type { ReactNode } from "react";
import styles from "./Note.module.css";

/** Something to know before going on; nothing is wrong. */
export function Note({ title, children }: { title?: string; children: ReactNode }) {
  return (
    <div className={styles.note} role="note">
      {title !== undefined && <p className={styles.title}>{title}</p>}
      {children}
    </div>
  );
}
