import { useBlocker } from "@tanstack/react-router";
import { useEffect, useRef } from "react";
import { platform } from "../../platform";

/** Where keys may be typed while a kiosk is locked: where the PIN is asked for. */
const PIN_PLACE = "dialog";
/** Keys that a field needs. */
const TYPED = /^(?:.|Backspace|Delete|Enter|Tab|Escape|ArrowLeft|ArrowRight|Home|End)$/u;

/** Closes every way out that a page can close, until `leaving`; the supervisor's key asks for the PIN. */
export function useKioskLock(leaving: () => boolean, askPin: () => void): void {
  const latest = useRef({ askPin });
  useEffect(() => {
    latest.current = { askPin };
  });
  useBlocker({ shouldBlockFn: () => !leaving(), enableBeforeUnload: () => !leaving() });
  useEffect(() => {
    void platform().kiosk(true);
    const hold = (event: Event) => event.preventDefault();
    const press = (key: KeyboardEvent) => {
      if (key.key === "F8" && !key.ctrlKey && !key.altKey && !key.metaKey) {
        key.preventDefault();
        latest.current.askPin();
        return;
      }
      const inPlace = key.target instanceof Element && key.target.closest(PIN_PLACE) !== null;
      const plain = !key.ctrlKey && !key.altKey && !key.metaKey && TYPED.test(key.key);
      if (!(inPlace && plain)) key.preventDefault();
    };
    // A browser lets go of the screen at Esc; it takes it again at the next touch.
    const touch = () => {
      if (document.fullscreenElement === null && platform().kind === "browser") void platform().kiosk(true);
    };
    document.addEventListener("keydown", press, true);
    document.addEventListener("contextmenu", hold);
    document.addEventListener("dragstart", hold);
    document.addEventListener("pointerdown", touch);
    return () => {
      document.removeEventListener("keydown", press, true);
      document.removeEventListener("contextmenu", hold);
      document.removeEventListener("dragstart", hold);
      document.removeEventListener("pointerdown", touch);
      void platform().kiosk(false);
    };
  }, []);
}
