import type { ReactNode } from "react";
import styles from "./MessageLines.module.css";
import { Status, type Tone } from "./Status";

/** One message as a line: what it is, how far it is, what stands in its way. */
export interface MessageLine {
  id: string;
  /** What it is about. */
  what: ReactNode;
  /** How it goes, and to whom. */
  how: ReactNode;
  tone: Tone;
  status: string;
  /** What stands in its way, in plain words; null without. */
  why: string | null;
  /** What the server said; null without. */
  said: string | null;
  /** UTC ms, and as the reader reads it. */
  at: number;
  when: string;
}

/** Messages, the oldest first, and what became of each. */
export function MessageLines({ lines }: { lines: readonly MessageLine[] }) {
  return (
    <ul className={styles.lines}>
      {lines.map(({ id, what, how, tone, status, why, said, at, when }) => (
        <li key={id}>
          <div className={styles.head}>
            <span className={styles.what}>{what}</span>
            <time className="quiet small" dateTime={new Date(at).toISOString()}>
              {when}
            </time>
          </div>
          <div className={styles.head}>
            <span className={`quiet small ${styles.how}`}>{how}</span>
            <Status tone={tone}>{status}</Status>
          </div>
          {why !== null && <p className="small">{why}</p>}
          {said !== null && (
            <p className="quiet small" dir="auto">
              {said}
            </p>
          )}
        </li>
      ))}
    </ul>
  );
}
