import { useEffect } from "react";

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(input|textarea|select)$/i.test(target.tagName))
  );
}

export interface Shortcuts {
  /** ⌘K, Ctrl-K; and `/` where there is no search field. */
  openPalette(): void;
  /** Esc, when nothing nearer has used it. */
  leave(): void;
}

/** The keys that work all over the office. */
export function useShortcuts({ openPalette, leave }: Shortcuts): void {
  useEffect(() => {
    const hear = (press: KeyboardEvent) => {
      if (press.defaultPrevented || press.isComposing) return;
      if ((press.metaKey || press.ctrlKey) && !press.altKey && press.key.toLowerCase() === "k") {
        press.preventDefault();
        openPalette();
      } else if (
        press.key === "/" &&
        !isTyping(press.target) &&
        document.querySelector("dialog[open]") === null
      ) {
        press.preventDefault();
        const search = document.querySelector<HTMLInputElement>("[data-search]");
        if (search === null) openPalette();
        else search.focus();
      } else if (press.key === "Escape" && document.querySelector("dialog[open]") === null) {
        leave();
      }
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, [openPalette, leave]);
}
