import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { BrowserEye } from "./browserEye";
import type { Read } from "./decode.worker";
import type { Seen, Sight } from "./eye";

/** What the page was told to read with, in the order in which it was started. */
class MadeUpWorker {
  static readonly all: MadeUpWorker[] = [];
  readonly looks: unknown[] = [];
  ended = false;
  onmessage: ((message: { data: Read }) => void) | null = null;
  onerror: (() => void) | null = null;

  constructor() {
    MadeUpWorker.all.push(this);
  }

  postMessage(look: unknown): void {
    this.looks.push(look);
  }

  terminate(): void {
    this.ended = true;
  }
}

const read = (given: Partial<Read> = {}): { data: Read } => ({ data: { seen: [], bright: 120, failed: false, ...given } });

/** A camera that shows a new frame each time somebody looks. */
function opened() {
  const video = document.createElement("video");
  let at = 0;
  const film = { stands: false };
  Object.defineProperty(video, "currentTime", { get: () => (film.stands ? at : ++at) });
  Object.defineProperty(video, "videoWidth", { value: 640 });
  Object.defineProperty(video, "videoHeight", { value: 480 });
  Object.defineProperty(video, "srcObject", { value: null, writable: true });
  video.play = () => Promise.resolve();
  const sights: Sight[] = [];
  const seen: (readonly Seen[])[] = [];
  const eye = new BrowserEye(video, null, {
    sight: (sight) => sights.push(sight),
    codes: (codes) => seen.push(codes),
    picture: () => undefined,
  });
  return { eye, sights, seen, film };
}

const open = vi.fn();

const worker = (n: number): MadeUpWorker => {
  const found = MadeUpWorker.all[n];
  if (found === undefined) throw new Error(`${MadeUpWorker.all.length} were started`);
  return found;
};

beforeEach(() => {
  vi.useFakeTimers();
  MadeUpWorker.all.length = 0;
  vi.stubGlobal("Worker", MadeUpWorker);
  vi.stubGlobal("isSecureContext", true);
  const track = { addEventListener: () => undefined, stop: () => undefined };
  const stream = { getVideoTracks: () => [track], getTracks: () => [track] };
  vi.stubGlobal("navigator", { mediaDevices: { getUserMedia: open } });
  open.mockReset().mockImplementation(() => Promise.resolve(stream));
  const pixels = { data: new Uint8ClampedArray(4) };
  const sheet = { drawImage: () => undefined, getImageData: () => pixels };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(sheet as unknown as null);
});
afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

describe("a camera that the browser reads", () => {
  it.each([
    ["says that it could not read", (one: MadeUpWorker) => one.onmessage?.(read({ failed: true })), 0],
    ["breaks off", (one: MadeUpWorker) => one.onerror?.(), 0],
    ["answers nothing", () => undefined, 10_100],
  ])("is not well while what reads it %s, and is read again after", async (_, fail, wait) => {
    const { eye, sights, seen } = opened();
    await vi.advanceTimersByTimeAsync(200);
    worker(0).onmessage?.(read());
    expect(sights).toEqual(["opening", "ok"]);
    await vi.advanceTimersByTimeAsync(200);
    expect(worker(0).looks).toHaveLength(2);
    fail(worker(0));
    await vi.advanceTimersByTimeAsync(wait);
    expect(sights.at(2)).toBe("unread");
    expect(worker(0).ended).toBe(true);
    await vi.advanceTimersByTimeAsync(2_200);
    // A late word of the one that was given up counts for nothing.
    worker(0).onmessage?.(read({ seen: [{ text: "late", corners: [] }] }));
    worker(1).onmessage?.(read({ seen: [{ text: "read", corners: [] }] }));
    expect(seen.flat().map(({ text }) => text)).toEqual(["read"]);
    expect(sights.at(-1)).toBe("ok");
    eye.stop();
  });

  it("is opened anew when its picture stands still for long", async () => {
    const { eye, sights, film } = opened();
    await vi.advanceTimersByTimeAsync(200);
    worker(0).onmessage?.(read());
    film.stands = true;
    await vi.advanceTimersByTimeAsync(4_000);
    expect(sights.at(-1)).toBe("frozen");
    expect(open).toHaveBeenCalledTimes(1);
    await vi.advanceTimersByTimeAsync(4_000);
    expect(open).toHaveBeenCalledTimes(2);
    film.stands = false;
    await vi.advanceTimersByTimeAsync(200);
    worker(0).onmessage?.(read());
    expect(sights.at(-1)).toBe("ok");
    eye.stop();
  });
});
