import { describe, expect, it } from "vitest";
import { brightness, findingOf, refusalFinding } from "./cameraCheck";

const picture = (colour: readonly number[]) => Array.from({ length: 64 }, () => [...colour, 255]).flat();

describe("the picture of a camera", () => {
  it.each([
    [[0, 0, 0], "dark"],
    [[30, 30, 30], "dark"],
    [[90, 90, 90], "ok"],
    [[255, 255, 255], "ok"],
    // Blue light looks dark to a person, too.
    [[0, 0, 200], "dark"],
  ] as const)("of %j is %s", (colour, finding) => {
    expect(findingOf(brightness(picture(colour)))).toBe(finding);
  });

  it("is dark where there is none", () => {
    expect(brightness([])).toBe(0);
  });

  it.each([
    [new DOMException("", "NotAllowedError"), "refused"],
    [new DOMException("", "NotReadableError"), "busy"],
    [new DOMException("", "NotFoundError"), "none"],
    [new Error("else"), "none"],
  ])("that does not come says why", (error, finding) => {
    expect(refusalFinding(error)).toBe(finding);
  });
});
