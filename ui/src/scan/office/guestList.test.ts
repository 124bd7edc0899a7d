import { expect, it } from "vitest";
import { GuestList } from "./guestList";
import { HOUR, list, NOW } from "./playedOffice";

it("counts people since the doors of what takes place, whatever else was called off", async () => {
  const [evening] = list().sessions;
  if (evening === undefined) throw new Error("no session");
  const calledOff = { ...evening, id: "matinee", doors_at: NOW - 3 * HOUR, status: "cancelled" };
  const guests = await GuestList.of({ ...list(), sessions: [calledOff, evening], fetched_at: NOW });
  expect(guests.countedSince(NOW)).toBe(evening.doors_at);
  expect(guests.countedSince(NOW - 2 * HOUR)).toBeNull();
});
