import i18next from "i18next";
import { beforeAll, describe, expect, it, vi } from "vitest";
import type { MeshDouble, MeshGate, MeshNote } from "../../../api/gates";
import { startSpeech } from "../../../locales";
import {
  countOpen,
  flagOf,
  gatesThatMeet,
  sayClock,
  sayLength,
  sayPresence,
  sayRoster,
  sayRoundTrip,
  someTalkToOfficeAlone,
} from "./words";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const { t } = i18next;

beforeAll(async () => {
  vi.spyOn(navigator, "languages", "get").mockReturnValue(["en-GB"]);
  await startSpeech();
});

const gate = (name: string, more: Partial<MeshGate> = {}): MeshGate => ({
  id: name,
  name,
  kind: "gate",
  status: "active",
  here: true,
  silent: false,
  address: null,
  round_trip_ms: null,
  skew_ms: null,
  roster: null,
  same: true,
  version: "0.1.0",
  last_seen_at: 1,
  pending: null,
  scans: 0,
  admitted: 0,
  ...more,
});

describe("a length of time", () => {
  it.each([
    [0, "0 sec"],
    [40, "0 sec"],
    [400, "0.4 sec"],
    [960, "1 sec"],
    [-3_040, "3 sec"],
    [9_940, "9.9 sec"],
    [9_960, "10 sec"],
    [38 * SECOND, "38 sec"],
    [119 * SECOND, "119 sec"],
    [120 * SECOND, "2 min"],
    [59 * MINUTE + 59 * SECOND, "59 min"],
    [119 * MINUTE, "119 min"],
    [2 * HOUR, "2 hr"],
    [47 * HOUR, "47 hr"],
    [-49 * HOUR, "2 days"],
  ])("%d ms is %s", (ms, said) => {
    expect(sayLength("en", ms)).toBe(said);
  });

  it("is counted as the reader does", () => {
    expect(sayLength("fr", 400)).toMatch(/^0,4\ss$/);
    expect(sayLength("es", 3 * HOUR)).toMatch(/^3\sh$/);
  });
});

describe("the way there and back", () => {
  it.each([
    [0.4, "under 1 ms"],
    [1, "1 ms"],
    [3.4, "3 ms"],
    [239.6, "240 ms"],
    [1_240, "1.2 sec"],
  ])("%d ms is %s", (ms, said) => {
    expect(sayRoundTrip("en", t, ms)).toBe(said);
  });
});

describe("a gate's clock", () => {
  it.each([
    [0, "good", "right"],
    [-499, "good", "right"],
    [3_000, "good", "3 sec fast"],
    [-12_400, "good", "12 sec slow"],
    [30_000, "wait", "30 sec fast"],
    [-2 * HOUR, "wait", "2 hr slow"],
  ])("%d ms ahead is %s: %s", (skew, tone, words) => {
    expect(sayClock("en", t, skew)).toEqual({ tone, words });
  });
});

describe("a gate's guest list", () => {
  it.each([
    [12, 12, "good", "up to date"],
    [13, 12, "good", "up to date"],
    [11, 12, "wait", "1 edit behind"],
    [10, 12, "wait", "2 edits behind"],
  ])("at edit %d of %d is %s: %s", (roster, office, tone, words) => {
    expect(sayRoster(t, roster, office)).toEqual({ tone, words });
  });
});

describe("how a gate stands", () => {
  it.each([
    [{}, true, "good", "here"],
    [{ silent: true }, true, "wait", "here, but gives no answer"],
    [{ here: false }, true, "wait", "away"],
    [{ here: false, last_seen_at: null }, true, "quiet", "not heard of yet"],
    [{ here: false }, false, "quiet", "not met"],
    [{ status: "revoked" }, true, "bad", "taken back"],
    [{ status: "revoked", here: false }, false, "bad", "taken back"],
  ] as const)("%j, met %s: %s, %s", (more, met, tone, words) => {
    expect(sayPresence(t, gate("Quay", more), met)).toEqual({ tone, words });
  });
});

describe("the map", () => {
  it("has the gates that meet, those that are there first and those taken back last", () => {
    const gates = [
      gate("Gate 10"),
      gate("Old gate", { status: "revoked", here: false }),
      gate("Away gate", { here: false }),
      gate("Gate 2"),
      gate("Office", { kind: "office" }),
      gate("Phone", { kind: "browser" }),
      gate("A kiosk", { kind: "kiosk" }),
    ];
    const names = gatesThatMeet({ gates }).map(({ name }) => name);
    expect(names).toEqual(["A kiosk", "Gate 2", "Gate 10", "Away gate", "Old gate"]);
  });

  it.each([
    ["browser", "active", true],
    ["scanner", "active", true],
    ["scanner", "revoked", false],
    ["gate", "active", false],
    ["office", "active", false],
  ] as const)("a %s that is %s talks to the office alone: %s", (kind, status, alone) => {
    expect(someTalkToOfficeAlone({ gates: [gate("X", { kind, status })] })).toBe(alone);
  });
});

describe("what waits for somebody", () => {
  const note: MeshNote = { at: 1, device: "Office", outcome: "mistaken", note: "" };
  const double = (notes: MeshNote[]): MeshDouble => {
    const side = { gate: "Quay", zone: null, at: 1, mode: "alone" as const };
    return {
      double: "d",
      ticket: "t",
      number: 1,
      name: null,
      first: side,
      second: side,
      distance_ms: 0,
      order_uncertain: false,
      notes,
    };
  };

  it("is every double without a note", () => {
    expect(countOpen([double([]), double([note]), double([])])).toBe(2);
  });

  it("knows each code that it has words for, and says something of others", () => {
    expect(flagOf("two_homes")).toBe("two_homes");
    expect(flagOf("never_heard_of")).toBe("other");
  });
});
