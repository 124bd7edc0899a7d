import { cleanup } from "@testing-library/react";
import { afterEach, beforeEach, vi } from "vitest";

// The test's page lays nothing out: without a size, a list of rows in sight would be empty.
Object.defineProperties(HTMLElement.prototype, {
  clientHeight: { configurable: true, get: () => 600 },
  clientWidth: { configurable: true, get: () => 1_000 },
});

beforeEach(() => {
  localStorage.clear();
  window.history.replaceState(null, "", "/");
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB"]);
});

afterEach(() => {
  cleanup();
  vi.unstubAllGlobals();
});
