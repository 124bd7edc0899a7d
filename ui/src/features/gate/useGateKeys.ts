import { useEffect, useRef } from "react";
import type { Tool } from "./Tools";
import { isField } from "./useTyped";

/** The gate's keys, for as long as nothing lies above it. */
export function useGateKeys(
  tools: readonly Tool[],
  active: boolean,
  ways: {
    /** Enter: what the verdict asks for next. */
    goOn(): void;
    /** Esc and the space bar. */
    clear(): void;
  },
): void {
  const latest = useRef({ tools, active, ways });
  useEffect(() => {
    latest.current = { tools, active, ways };
  });
  useEffect(() => {
    const hear = (press: KeyboardEvent) => {
      const { tools, active, ways } = latest.current;
      if (press.defaultPrevented || press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return;
      const tool = tools.find(({ key }) => key === press.key);
      if (tool !== undefined && (/^F\d/.test(press.key) || !isField(press.target))) {
        // The browser has its own use for most of these.
        press.preventDefault();
        if (active && tool.disabled !== true) tool.run();
        return;
      }
      if (!active || isField(press.target)) return;
      const onButton = press.target instanceof HTMLElement && press.target.closest("button, a, select, summary") !== null;
      if (press.key === "Escape") ways.clear();
      else if (onButton) return;
      else if (press.key === "Enter") {
        press.preventDefault();
        ways.goOn();
      } else if (press.key === " ") {
        press.preventDefault();
        ways.clear();
      }
    };
    document.addEventListener("keydown", hear);
    return () => document.removeEventListener("keydown", hear);
  }, []);
}
