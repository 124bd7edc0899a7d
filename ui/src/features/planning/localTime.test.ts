import { expect, it } from "vitest";
import { localTime } from "./localTime";

it.each([
  ["Europe/Vienna", Date.UTC(2027, 4, 14, 17, 0), "2027-05-14", "19:00"],
  ["America/New_York", Date.UTC(2027, 0, 1, 3, 30), "2026-12-31", "22:30"],
  ["Asia/Kolkata", Date.UTC(2027, 0, 1, 18, 30), "2027-01-02", "00:00"],
])("tells what clocks in %s show", (zone, at, day, time) => {
  expect(localTime(zone, at)).toEqual({ day, time });
});
