import { expect, it } from "vitest";
import { bestContrast, contrast, isColour, READABLE } from "./contrast";
import { SWATCHES } from "./swatches";

it("measures as WCAG does", () => {
  expect(contrast("#ffffff", "#000000")).toBeCloseTo(21);
  expect(contrast("#2e4bd8", "#ffffff")).toBeCloseTo(6.7, 1);
  expect(contrast("#0e7c3f", "#ffffff")).toBeCloseTo(5.3, 1);
});

it("finds what neither text is easy to read on", () => {
  expect(bestContrast("#777777")).toBeLessThan(READABLE);
  expect(bestContrast("#1d6f42")).toBeGreaterThan(READABLE);
  expect(bestContrast("#ffc53d")).toBeGreaterThan(READABLE);
});

it.each(Object.values(SWATCHES))("proposes %s, which can be read on", (colour) => {
  expect(isColour(colour)).toBe(true);
  expect(bestContrast(colour)).toBeGreaterThan(READABLE);
});
