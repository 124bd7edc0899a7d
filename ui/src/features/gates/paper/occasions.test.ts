import { expect, it } from "vitest";
import { NOW, occasionsOf } from "./occasions";

const session = (id: string, doors_at: number, status = "scheduled") => ({
  id,
  doors_at,
  starts_at: doors_at + 1,
  ends_at: doors_at + 5,
  status,
});
const SESSIONS = [session("first", 10), session("called off", 14, "cancelled"), session("second", 20)];

it.each([
  ["before the first", 9, [], NOW],
  ["while doors are open", 10, [], NOW],
  ["while it is on", 14, ["first"], NOW],
  ["once it is over", 15, ["first"], "first"],
  ["while the next is on", 22, ["second", "first"], NOW],
  ["once all are over", 99, ["second", "first"], "second"],
] as const)("%s", (_, now, begun, usual) => {
  const found = occasionsOf(SESSIONS, now);
  expect(found.begun.map(({ id }) => id)).toEqual(begun);
  expect(found.usual).toBe(usual);
});
