import { expect, it } from "vitest";
import { CODES } from "../shared/verdict";
import { isWelcome } from "./tones";

it("counts as let through whom a gate or a supervisor let through, and nobody else", () => {
  expect(CODES.filter(isWelcome)).toEqual(["admitted", "forced", "exited"]);
});
