import { describe, expect, it } from "vitest";
import { isConcerned, readEvents } from "./live";

describe("server-sent events", () => {
  it("are read as they come, comments left out, the last piece kept", () => {
    const { data, rest } = readEvents('id: 7\ndata: {"seq":7}\n\n:\n\ndata: {"se');
    expect(data).toEqual(['{"seq":7}']);
    expect(rest).toBe('data: {"se');
    expect(readEvents(`${rest}q":8}\r\n\r\n`)).toEqual({ data: ['{"seq":8}'], rest: "" });
  });
});

describe("what a change makes old", () => {
  it.each([
    [["event", "a"], ["scans"], true],
    [["event", "a", "guests", "x"], ["guests"], true],
    [["event", "b"], ["everything"], false],
    [["event", "a", "keys"], ["scans"], false],
    [["event", "a", "keys"], ["everything"], true],
    [["event", "a", "tickets"], ["tasks"], false],
    [["events"], ["event"], true],
    [["events"], ["scans"], false],
    [["health"], ["everything"], false],
  ] as const)("%j by %j: %s", (key, tags, old) => {
    expect(isConcerned(key, "a", tags)).toBe(old);
  });
});
