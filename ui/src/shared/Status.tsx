import type { ReactNode } from "react";

export type Tone = "good" | "bad" | "wait" | "quiet" | "came";

/** Shape and colour and word: each tells the same alone. */
const SHAPES: Record<Tone, string> = {
  good: "●",
  came: "✓",
  bad: "✕",
  wait: "◐",
  quiet: "○",
};

export function Status({ tone, children }: { tone: Tone; children: ReactNode }) {
  return (
    <span className={`status ${tone}`}>
      <span className="shape" aria-hidden="true">
        {SHAPES[tone]}
      </span>
      <span className="clip">{children}</span>
    </span>
  );
}
