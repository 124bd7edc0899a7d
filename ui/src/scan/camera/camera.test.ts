import { describe, expect, it } from "vitest";
import { stateOf } from "./camera";

describe("a camera that can't be had", () => {
  it.each([
    ["NotAllowedError", "refused"],
    ["SecurityError", "refused"],
    ["NotReadableError", "busy"],
    ["NotFoundError", "missing"],
    ["OverconstrainedError", "missing"],
  ])("%s is %s", (name, state) => {
    expect(stateOf(new DOMException("", name))).toBe(state);
  });
});
