import { describe, expect, it } from "vitest";
import { EventReader } from "./events";

const STREAM = ': hello\n\nevent: codes\ndata: {"n":1}\n\ndata:first\r\ndata: second\r\n\r\nevent: lost\n\ndata: Zoë\n\ndata: cut';

const WHOLE = [
  { event: "codes", data: '{"n":1}' },
  { event: "message", data: "first\nsecond" },
  { event: "message", data: "Zoë" },
];

describe("events of a stream", () => {
  it.each([1, 2, 3, 7, 1_000])("are whole whatever pieces they come in: %d", (size) => {
    const reader = new EventReader();
    const heard = [];
    for (let at = 0; at < STREAM.length; at += size) heard.push(...reader.read(STREAM.slice(at, at + size)));
    expect(heard).toEqual(WHOLE);
  });
});
