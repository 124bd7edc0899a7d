import { useSyncExternalStore } from "react";

export type WorkState = "running" | "paused" | "done" | "failed" | "stopped";

/** A piece of long work, as the tray shows it. */
export interface Work {
  id: string;
  title: string;
  state: WorkState;
  /** From 0 to 1; null while nobody knows how much there is. */
  progress: number | null;
  /** What came of it, or why it failed. */
  result?: string;
  pause?(): void;
  resume?(): void;
  stop?(): void;
  /** Leads to the result. */
  open?(): void;
}

let all: readonly Work[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Work[]): void {
  all = next;
  for (const hear of listeners) hear();
}

/** Shows a piece of work in the tray, or how far it is by now. */
export function tell(work: Work): void {
  const known = all.some(({ id }) => id === work.id);
  change(known ? all.map((old) => (old.id === work.id ? work : old)) : [...all, work]);
}

/** Takes a piece of work out of the tray; the work itself goes on. */
export function dismiss(id: string): void {
  change(all.filter((work) => work.id !== id));
}

/** The work in the tray, oldest first. */
export function useWork(): readonly Work[] {
  return useSyncExternalStore(
    (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    () => all,
  );
}

/** Whether the person still has to hear of it or may still change it. */
export const isUnderWay = (work: Work): boolean =>
  work.state === "running" || work.state === "paused";
