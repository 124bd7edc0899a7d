import { act, cleanup, configure } from "@testing-library/react";
import { notifications } from "@mantine/notifications";
import { afterEach, beforeEach, vi } from "vitest";

// No test depends on how fast a machine is: what never comes is waited for, what comes is not.
configure({ asyncUtilTimeout: 20_000 });

// The test's page lays nothing out: without a size, a list of rows in sight would be empty.
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 1_000 },
});

// Fields that grow with what is typed wait for fonts, of which the test's page has none.
Object.defineProperty(document, "fonts", { configurable: true, value: new EventTarget() });

beforeEach(() => {
  localStorage.clear();
  sessionStorage.clear();
  window.history.replaceState(null, "", "/");
  // Without a layout nothing counts as visible, so nothing can take the focus of an open menu.
  const warn = console.warn.bind(console);
  vi.spyOn(console, "warn").mockImplementation((...words: unknown[]) => {
    if (!String(words[0]).includes("use-focus-trap")) warn(...words);
  });
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB"]);
});

afterEach(() => {
  act(() => notifications.clean());
  cleanup();
  vi.unstubAllGlobals();
});
