import { expect, it } from "vitest";
import type { PreflightLine } from "../../../api/gates";
import { CODES, inOrder, numberOf } from "./lines";

const line = (code: string, params: Record<string, unknown> = {}): PreflightLine => ({
  code,
  state: "ok",
  params,
});

it("puts lines in the order of an evening, unknown ones last", () => {
  const lines = ["moon_phase", ...CODES.toReversed()].map((code) => line(code));
  expect(inOrder(lines).map(({ code }) => code)).toEqual([...CODES, "moon_phase"]);
});

it("finds a number under any of its names, and nothing that is none", () => {
  expect(numberOf(line("disk", { free_bytes: 5 }), "bytes", "free_bytes")).toBe(5);
  expect(numberOf(line("disk", { free_bytes: "5" }), "free_bytes")).toBeNull();
  expect(numberOf(line("disk", { free_bytes: Number.NaN }), "free_bytes")).toBeNull();
});
