import type { ReactNode } from "react";
import { useSpeech } from "../words";

/** A screen that says one thing: what is, why, and what to do. */
export function Plain({
  head,
  why,
  todo,
  tone = "calm",
  children,
}: {
  head: string;
  why?: string;
  todo?: string;
  tone?: "calm" | "bad";
  children?: ReactNode;
}) {
  const { say } = useSpeech();
  return (
    <main className="plain" data-tone={tone}>
      <p className="mark">{say("product")}</p>
      <h1>{head}</h1>
      {why !== undefined && <p className="why">{why}</p>}
      {todo !== undefined && <p className="todo">{todo}</p>}
      {children}
    </main>
  );
}
