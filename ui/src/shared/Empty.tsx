import type { ReactNode } from "react";
import styles from "./Empty.module.css";

/** What a place is for, while there is nothing in it, and the one next step. */
export function Empty({
  title,
  children,
  command,
  step,
}: {
  title: string;
  children: ReactNode;
  /** The next step as a line to type. */
  command?: string;
  /** The next step as something to press. */
  step?: ReactNode;
}) {
  return (
    <div className={styles.empty}>
      <h2>{title}</h2>
      <p>{children}</p>
      {command !== undefined && <code className={styles.command}>{command}</code>}
      {step}
    </div>
  );
}
