import { expect, expectTypeOf, it } from "vitest";
import { type Code, CODES, type Shown as Known } from "../shared/verdict";
import type { Shown } from "./gate";
import type { VerdictCode } from "./types";

// The phone's page has no part in the contract, so the words of verdicts stand in `shared` once more.
it("shows every verdict of the contract, and no other", () => {
  expectTypeOf<Code>().toEqualTypeOf<VerdictCode>();
  expectTypeOf<Shown>().toExtend<Known>();
  expectTypeOf<Omit<Known, "code">>().toExtend<Omit<Shown, "code">>();
  expect(new Set(CODES).size).toBe(CODES.length);
});
