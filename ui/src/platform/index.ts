import { browser } from "./browser";
import type { Platform } from "./types";

export type { FileKinds, Platform, Printer, SavePlace, ServerEvent } from "./types";
export { keepAwake } from "./awake";
export { type Choice, recall, remember } from "./memory";

let current: Platform = browser;

/** What the interface stands on. */
export const platform = (): Platform => current;

/** Finds out what the interface stands on; to be awaited before anything is shown. */
export async function findPlatform(): Promise<void> {
  if ("__TAURI_INTERNALS__" in globalThis) {
    // Apart, so that a browser never loads it.
    const { desktop } = await import("./desktop");
    current = desktop;
  }
}

/** The key on a keyboard that stands for Control. */
export const isMac = (): boolean => /mac|iphone|ipad/i.test(navigator.userAgent);
