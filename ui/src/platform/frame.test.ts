import { describe, expect, it, vi } from "vitest";
import { type AnswerHead, readFrame, type RequestHead, writeFrame } from "./frame";

const invoke = vi.hoisted(() => vi.fn());
vi.mock("@tauri-apps/api/core", () => ({ invoke }));

const bytes = (...values: number[]) => new Uint8Array(values);

describe("the frame", () => {
  it("is the head's length, the head, the body", () => {
    const head: AnswerHead = { status: 200, headers: [] };
    const frame = writeFrame(head, bytes(0, 255, 7));
    const text = JSON.stringify(head);
    expect([...frame.subarray(0, 4)]).toEqual([0, 0, 0, text.length]);
    expect(new TextDecoder().decode(frame.subarray(4, 4 + text.length))).toBe(text);
    expect([...frame.subarray(4 + text.length)]).toEqual([0, 255, 7]);
  });

  it.each([
    ["nothing", []],
    ["half a length", [0, 0]],
    ["less than the head", [0, 0, 0, 9, 123]],
    ["a length past all bounds", [255, 255, 255, 255, 123]],
    ["no JSON", [0, 0, 0, 1, 35]],
  ])("refuses %s", (_, values) => {
    expect(() => readFrame(bytes(...values))).toThrow();
  });
});

describe("the desktop's transport", () => {
  it("carries a request and brings its answer", async () => {
    const { desktop } = await import("./desktop");
    invoke.mockImplementationOnce(async (command: string, frame: Uint8Array<ArrayBuffer>) => {
      expect(command).toBe("api");
      const { head, body } = readFrame<RequestHead>(frame);
      expect(head).toMatchObject({ method: "POST", path: "/api/notes?of=1" });
      expect(head.headers).toContainEqual(["x-note", "ladder"]);
      expect(new TextDecoder().decode(body)).toBe("Zoë");
      const answer: AnswerHead = { status: 201, headers: [["content-type", "text/plain"]] };
      return writeFrame(answer, body).buffer;
    });
    const request = new Request("http://localhost/api/notes?of=1", {
      method: "POST",
      headers: { "x-note": "ladder" },
      body: "Zoë",
    });
    const response = await desktop.transport(request);
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("text/plain");
    expect(await response.text()).toBe("Zoë");
  });

  it("calls a request off that nobody waits for any more", async () => {
    const { desktop } = await import("./desktop");
    const giveUp = new AbortController();
    invoke.mockReset();
    invoke.mockImplementation(async (command: string) => {
      if (command !== "api") return undefined;
      giveUp.abort();
      return writeFrame({ status: 200, headers: [] }, bytes()).buffer;
    });
    const request = new Request("http://localhost/api/health", { signal: giveUp.signal });
    await expect(desktop.transport(request)).rejects.toThrow();
    expect(invoke.mock.calls.map(([command]) => command)).toEqual(["api", "api_cancel"]);
  });

  it("answers 204 without a body", async () => {
    const { desktop } = await import("./desktop");
    invoke.mockReset();
    invoke.mockResolvedValue(writeFrame({ status: 204, headers: [] }, bytes()).buffer);
    const response = await desktop.transport(new Request("http://localhost/api/notes/1"));
    expect(response.status).toBe(204);
  });
});
