import type { ReactNode } from "react";
import { useSpeech } from "../locales";
import styles from "./Bars.module.css";

export interface Bar {
  key: string;
  label: ReactNode;
  count: number;
  tone?: "good" | "bad";
}

/** Counts side by side: the figure first, its length second. */
export function Bars({ bars }: { bars: readonly Bar[] }) {
  const { count } = useSpeech();
  const most = Math.max(1, ...bars.map((bar) => bar.count));
  return (
    <ul className={styles.bars}>
      {bars.map((bar) => (
        <li key={bar.key}>
          <span className={styles.label}>{bar.label}</span>
          <span className={styles.track} aria-hidden="true">
            {bar.count > 0 && (
              <span
                className={`${styles.bar} ${bar.tone === undefined ? "" : styles[bar.tone]}`}
                style={{ width: `${(bar.count / most) * 100}%` }}
              />
            )}
          </span>
          <span className={styles.count}>{count(bar.count)}</span>
        </li>
      ))}
    </ul>
  );
}
