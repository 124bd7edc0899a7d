import { type MantineColorSchemeManager, useMantineColorScheme } from "@mantine/core";
import { recall, remember } from "../platform";

export type Scheme = "auto" | "light" | "dark";

export const SCHEMES: readonly Scheme[] = ["auto", "light", "dark"];

/** Keeps the chosen theme; the system's own is what is kept when there is no choice. */
export const schemeMemory: MantineColorSchemeManager = {
  get(usual) {
    const kept = recall("theme");
    return kept === "light" || kept === "dark" ? kept : usual;
  },
  set: (scheme) => remember("theme", scheme === "auto" ? null : scheme),
  subscribe: () => undefined,
  unsubscribe: () => undefined,
  clear: () => remember("theme", null),
};

/** The chosen theme, and a way to choose another. */
export function useScheme(): [Scheme, (scheme: Scheme) => void] {
  // Holding transitions back would write a <style> element, which the page's policy forbids.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  return [colorScheme, setColorScheme];
}
