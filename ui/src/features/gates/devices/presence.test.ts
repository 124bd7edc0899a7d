import { describe, expect, it } from "vitest";
import { sayFor } from "./presence";

const MINUTE = 60_000;

describe("how long a device is silent", () => {
  it.each([
    [-5_000, "0 min"],
    [59_000, "0 min"],
    [41 * MINUTE, "41 min"],
    [119 * MINUTE, "119 min"],
    [120 * MINUTE, "2 hr"],
    [47 * 60 * MINUTE, "47 hr"],
    [49 * 60 * MINUTE, "2 days"],
  ])("%d ms is %s", (ms, said) => {
    expect(sayFor("en", ms)).toBe(said);
  });
});
