import { describe, expect, it } from "vitest";
import { readEvent } from "./useSerial";

describe("what a serial scanner says", () => {
  it.each([
    ["state", '{"state":"lost","message":"plug it in"}', { state: "lost" }],
    ["state", '{"state":"ok"}', { state: "ok" }],
    ["state", '{"state":"on fire"}', null],
    ["code", '{"text":"GH1:ABC"}', { text: "GH1:ABC" }],
    ["code", '{"text":null}', null],
    ["code", '{"text":""}', null],
    ["code", "{", null],
    ["note", '{"text":"GH1:ABC"}', null],
  ])("is read: %s %s", (event, data, wanted) => {
    expect(readEvent({ event, data })).toEqual(wanted);
  });
});
