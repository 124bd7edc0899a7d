import { useEffect, useRef } from "react";
import { PAUSE_MS, unwrapped, Wedge, type Wrapping } from "./wedge";

const FIELDS = /^(?:text|search|password|email|number|tel|url|date|time|)$/;

/** Whether keys go into a field there. */
export function isField(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable ||
      target instanceof HTMLTextAreaElement ||
      (target instanceof HTMLInputElement && FIELDS.test(target.type)))
  );
}

/** Hears codes that scanners type or that are pasted, anywhere but in a field. */
export function useTyped(hear: (code: string) => void, wrapping: Wrapping): void {
  const latest = useRef({ hear, wrapping });
  useEffect(() => {
    latest.current = { hear, wrapping };
  });
  useEffect(() => {
    const wedge = new Wedge();
    let pause: ReturnType<typeof setTimeout> | undefined;
    const say = (text: string) => {
      const code = unwrapped(text, latest.current.wrapping);
      if (code !== "") latest.current.hear(code);
    };
    const hold = (press: KeyboardEvent) => {
      press.preventDefault();
      press.stopPropagation();
    };
    const down = (press: KeyboardEvent) => {
      if (press.isComposing) return;
      if (isField(press.target)) {
        wedge.forget();
        return;
      }
      if (press.ctrlKey || press.metaKey || press.altKey) {
        // Some scanners write control characters so; within a code they mean nothing to the page.
        if (wedge.running) hold(press);
        return;
      }
      clearTimeout(pause);
      const { swallowed, code } = wedge.press(press.key, press.timeStamp);
      if (swallowed) hold(press);
      if (code !== undefined) say(code);
      else {
        pause = setTimeout(() => {
          const whole = wedge.end();
          if (whole !== null) say(whole);
        }, PAUSE_MS);
      }
    };
    // A blank presses the button that has the focus when it goes up.
    const up = (press: KeyboardEvent) => {
      if (press.key === " " && wedge.running) hold(press);
    };
    const paste = (event: ClipboardEvent) => {
      if (isField(event.target)) return;
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text.trim() === "") return;
      event.preventDefault();
      say(text);
    };
    document.addEventListener("keydown", down, true);
    document.addEventListener("keyup", up, true);
    document.addEventListener("paste", paste);
    return () => {
      clearTimeout(pause);
      document.removeEventListener("keydown", down, true);
      document.removeEventListener("keyup", up, true);
      document.removeEventListener("paste", paste);
    };
  }, []);
}
