import { useEffect } from "react";
import { focusList } from "../shared/Screen";
import { undoLast } from "../shared/undo";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      /^(textarea|select)$/i.test(target.tagName) ||
      (target instanceof HTMLInputElement && target.type !== "checkbox"))
  );
}

/** Whether something floats above the office that has keys of its own. */
const isCovered = () =>
  document.querySelector('dialog[open], [role="dialog"], [role="menu"]') !== null;

export interface Shortcuts {
  /** ⌘K, Ctrl-K; and `/` where there is no search field. */
  openPalette(): void;
  /** `?`. */
  openHelp(): void;
  /** Esc, when nothing nearer has used it. */
  closePane(): void;
}

/** Esc goes from the outside in: first the selection, then the pane. */
function leave(closePane: () => void): void {
  const clear = document.querySelector<HTMLElement>("[data-clear-selection]");
  if (clear !== null) {
    clear.click();
    focusList();
    return;
  }
  const pane = document.querySelector("[data-pane]");
  if (pane === null) return;
  if (pane.contains(document.activeElement)) focusList();
  closePane();
}

/** The keys that work all over the office. */
export function useShortcuts({ openPalette, openHelp, closePane }: Shortcuts): void {
  useEffect(() => {
    const hear = (press: KeyboardEvent) => {
      if (press.defaultPrevented || press.isComposing) return;
      const mod = (press.metaKey || press.ctrlKey) && !press.altKey;
      if (mod && press.key.toLowerCase() === "k") {
        press.preventDefault();
        if (!isCovered()) openPalette();
        return;
      }
      if (isCovered()) return;
      if (mod && !press.shiftKey && press.key.toLowerCase() === "z" && !isTyping(press.target)) {
        if (undoLast()) press.preventDefault();
      } else if (mod) {
        return;
      } else if (press.key === "/" && !isTyping(press.target)) {
        press.preventDefault();
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (search === null) openPalette();
        else search.focus();
      } else if (press.key === "?" && !isTyping(press.target)) {
        press.preventDefault();
        openHelp();
      } else if (press.key === "Escape") {
        leave(closePane);
      }
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [openPalette, openHelp, closePane]);
}
