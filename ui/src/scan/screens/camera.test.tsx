import { act, cleanup, render, screen } from "@testing-library/react";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Reading } from "../camera/scanReader.worker";
import { Camera } from "./Camera";

type Hear = (message: { data: Reading }) => void;

/** What reads the pictures: as bright as `bright` says. */
let bright = 120;
class MadeUpWorker {
  #hear: Hear = () => undefined;
  addEventListener(kind: string, hear: Hear): void {
    if (kind === "message") this.#hear = hear;
  }
  postMessage(): void {
    queueMicrotask(() => this.#hear({ data: { codes: [], bright } }));
  }
  terminate(): void {
    this.#hear = () => undefined;
  }
}

const track = { addEventListener: () => undefined, stop: () => undefined, applyConstraints: () => Promise.resolve() };
const stream = { getVideoTracks: () => [track], getTracks: () => [track] };
let there: boolean;
const devices = Object.assign(new EventTarget(), {
  getUserMedia: () => (there ? Promise.resolve(stream) : Promise.reject(new DOMException("", "NotFoundError"))),
});

beforeEach(() => {
  vi.useFakeTimers();
  bright = 120;
  there = true;
  vi.stubGlobal("Worker", MadeUpWorker);
  vi.stubGlobal("navigator", { mediaDevices: devices });
  let at = 0;
  const made = HTMLVideoElement.prototype;
  vi.spyOn(made, "play").mockImplementation(() => Promise.resolve());
  for (const [name, get] of [["currentTime", () => ++at], ["videoWidth", () => 640], ["videoHeight", () => 480]] as const) {
    Object.defineProperty(made, name, { configurable: true, get });
  }
  Object.defineProperty(made, "srcObject", { configurable: true, value: null, writable: true });
  const sheet = { drawImage: () => undefined, getImageData: () => ({ data: new Uint8ClampedArray(4) }) };
  vi.spyOn(HTMLCanvasElement.prototype, "getContext").mockReturnValue(sheet as unknown as null);
});
afterEach(() => {
  cleanup();
  vi.useRealTimers();
  vi.unstubAllGlobals();
});

const show = async () => {
  render(<Camera first={null} light={false} onCodes={() => undefined} onTorch={() => undefined} />);
  await passes(0);
};
const passes = (ms: number) => act(() => vi.advanceTimersByTimeAsync(ms));
const says = (text: string) => expect(screen.queryByText(text), text).not.toBeNull();

describe("the phone's camera", () => {
  it("is found by itself once it is there: at once where the browser says so, soon where it does not", async () => {
    there = false;
    await show();
    says("No camera found");
    there = true;
    await act(async () => void devices.dispatchEvent(new Event("devicechange")));
    says("Point at the ticket's code");
    cleanup();
    there = false;
    await show();
    await passes(3_100);
    says("No camera found");
    there = true;
    await passes(3_100);
    says("Point at the ticket's code");
  });

  it("says that it sees nothing while it is covered, and reads on", async () => {
    await show();
    await passes(500);
    says("Point at the ticket's code");
    bright = 2;
    await passes(1_000);
    says("Point at the ticket's code");
    await passes(1_000);
    says("The camera sees nothing");
    bright = 120;
    await passes(300);
    says("Point at the ticket's code");
  });
});
