import { expect, it } from "vitest";
import { pinLack } from "./pinLack";

it.each([
  ["4711", null],
  ["123456789012", null],
  ["", "digits"],
  ["471", "digits"],
  ["1111", "same"],
  ["1234567890123", "digits"],
  ["47 11", "digits"],
  ["４７１１", "digits"],
])("%j is told as %j", (pin, lack) => {
  expect(pinLack(pin)).toBe(lack);
});
