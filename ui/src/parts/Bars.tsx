import type { ReactNode } from "react";
import { useSpeech } from "../i18n/Speech";

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
    <ul className="bars">
      {bars.map((bar) => (
        <li key={bar.key}>
          <span className="bar-label">{bar.label}</span>
          <span className="bar-track" aria-hidden="true">
            <span
              className={`bar ${bar.tone ?? "plain"}`}
              style={{ width: `${(bar.count / most) * 100}%` }}
            />
          </span>
          <span className="bar-count">{count(bar.count)}</span>
        </li>
      ))}
    </ul>
  );
}
