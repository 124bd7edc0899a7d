import type { KeyboardEvent } from "react";

export interface GridKeys {
  /** Index of the row that the keys are on; -1 before there is one. */
  cursor: number;
  total: number;
  /** Rows that stand in sight at once. */
  screenful: number;
  selectable: boolean;
  moveTo(index: number): void;
  open(index: number): void;
  toggle(index: number): void;
  select(index: number): void;
  selectAll(): void;
}

/** The keys of a list: arrows, Page Up and Down, Home, End, Enter, Space, Shift and Ctrl-A. */
export function gridKeys(keys: GridKeys) {
  const { cursor, total, screenful, selectable } = keys;
  return (event: KeyboardEvent) => {
    if (event.altKey || total === 0) return;
    // What can be pressed within the list hears Enter and Space itself.
    if (event.target !== event.currentTarget && (event.key === "Enter" || event.key === " ")) return;
    const mod = event.ctrlKey || event.metaKey;
    if (mod) {
      if (selectable && event.key.toLowerCase() === "a") {
        event.preventDefault();
        keys.selectAll();
      }
      return;
    }
    const steps: Record<string, number> = {
      ArrowDown: cursor + 1,
      ArrowUp: Math.max(0, cursor - 1),
      PageDown: cursor + screenful,
      PageUp: cursor - screenful,
      Home: 0,
      End: total - 1,
    };
    const step = steps[event.key];
    if (step !== undefined) {
      event.preventDefault();
      const next = Math.max(0, Math.min(total - 1, step));
      if (event.shiftKey && selectable) {
        if (cursor >= 0) keys.select(cursor);
        keys.select(next);
      }
      keys.moveTo(next);
    } else if (cursor >= 0 && (event.key === "Enter" || (event.key === " " && !selectable))) {
      event.preventDefault();
      keys.open(cursor);
    } else if (cursor >= 0 && event.key === " ") {
      event.preventDefault();
      keys.toggle(cursor);
    }
  };
}
