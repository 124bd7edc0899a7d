import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { platform, type ServerEvent } from "../../../platform";
import type { Seen, Sight } from "./eye";
import { MachineEye } from "./machineEye";

/** A camera of the machine whose events the test sends. */
function watched() {
  const lines: { path: string; hear(event: ServerEvent): void; end(): void }[] = [];
  vi.spyOn(platform(), "subscribe").mockImplementation(
    (path, _, hear, signal) =>
      new Promise((resolve, reject) => {
        lines.push({ path, hear, end: resolve });
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  );
  const sights: Sight[] = [];
  const seen: (readonly Seen[])[] = [];
  const pictures: string[] = [];
  const eye = new MachineEye("usb 1/2", { width: 640, height: 480, frames: 15 }, {
    sight: (sight) => sights.push(sight),
    codes: (codes) => seen.push(codes),
    picture: (address) => pictures.push(address),
  });
  return { eye, lines, sights, seen, pictures };
}

describe("a camera of the machine", () => {
  beforeEach(() => vi.useFakeTimers());
  afterEach(() => vi.useRealTimers());

  it("tells how it fares, what it sees and what it reads", () => {
    const { lines, sights, seen, pictures, eye } = watched();
    const [line] = lines;
    expect(line?.path).toBe("/api/machine/cameras/usb%201%2F2/watch?width=640&height=480&frames=15");
    line?.hear({ event: "state", data: '{"state":"ok"}' });
    line?.hear({ event: "frame", data: '{"jpeg":"/9j/","width":640,"height":360}' });
    line?.hear({ event: "codes", data: '{"codes":[{"text":"A","corners":[[0,0],[1,0],[1,1],[0,1]]}]}' });
    line?.hear({ event: "state", data: '{"state":"black"}' });
    expect(sights).toEqual(["opening", "ok", "black"]);
    expect(pictures).toEqual(["data:image/jpeg;base64,/9j/"]);
    expect(seen.flat().map(({ text }) => text)).toEqual(["A"]);
    eye.stop();
  });

  it("passes over what it can't read", () => {
    const { lines, sights, seen, eye } = watched();
    for (const data of ["", "null", "{", '{"state":"admitted"}', "[]"]) {
      for (const event of ["state", "frame", "other"]) lines[0]?.hear({ event, data });
    }
    expect(sights).toEqual(["opening"]);
    expect(seen).toEqual([]);
    eye.stop();
  });

  it("is asked for again when it is lost, until it is stopped", async () => {
    const { lines, sights, eye } = watched();
    lines[0]?.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(sights).toEqual(["opening", "lost"]);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(lines).toHaveLength(2);
    lines[1]?.hear({ event: "state", data: '{"state":"ok"}' });
    expect(sights.at(-1)).toBe("ok");
    eye.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lines).toHaveLength(2);
    expect(sights.at(-1)).toBe("ok");
  });
});
