import { expect, it } from "vitest";
import { localTime, momentOf } from "./localTime";

it.each([
  ["Europe/Vienna", Date.UTC(2027, 4, 14, 17, 0), "2027-05-14", "19:00"],
  ["America/New_York", Date.UTC(2027, 0, 1, 3, 30), "2026-12-31", "22:30"],
  ["Asia/Kolkata", Date.UTC(2027, 0, 1, 18, 30), "2027-01-02", "00:00"],
])("tells what clocks in %s show", (zone, at, day, time) => {
  expect(localTime(zone, at)).toEqual({ day, time });
});

it.each([
  ["Europe/Vienna", "2027-05-14", "19:00", Date.UTC(2027, 4, 14, 17, 0)],
  ["America/New_York", "2026-12-31", "22:30", Date.UTC(2027, 0, 1, 3, 30)],
  // Clocks go back at three, and this hour comes twice.
  ["Europe/Vienna", "2026-10-25", "02:30", Date.UTC(2026, 9, 25, 0, 30)],
  // Clocks go forward at two, and this hour never comes.
  ["Europe/Vienna", "2027-03-28", "02:30", Date.UTC(2027, 2, 28, 1, 30)],
])("finds the moment of a clock in %s at %s %s", (zone, day, time, at) => {
  expect(momentOf(zone, { day, time })).toBe(at);
});
