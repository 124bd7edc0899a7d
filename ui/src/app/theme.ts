import { useCallback, useState } from "react";
import { recall, remember } from "./memory";

export type Theme = "system" | "light" | "dark";

export const THEMES: readonly Theme[] = ["system", "light", "dark"];

function recallTheme(): Theme {
  const kept = recall("theme");
  return kept === "light" || kept === "dark" ? kept : "system";
}

export function applyTheme(theme: Theme): void {
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

/** The chosen theme, and a way to choose another. */
export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, keep] = useState(recallTheme);
  const choose = useCallback((next: Theme) => {
    remember("theme", next === "system" ? null : next);
    applyTheme(next);
    keep(next);
  }, []);
  return [theme, choose];
}
