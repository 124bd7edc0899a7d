import { afterEach, describe, expect, it, vi } from "vitest";
import { Sounds } from "./index";

/** An audio device that runs once it may. */
function device(first: "running" | "suspended") {
  const allowed: (() => void)[] = [];
  const made = {
    state: first as "running" | "suspended",
    started: 0,
    contexts: 0,
    allow() {
      made.state = "running";
      for (const go of allowed.splice(0)) go();
    },
  };
  const level = { gain: { setValueAtTime: vi.fn(), linearRampToValueAtTime: vi.fn() }, connect: vi.fn() };
  class FakeContext {
    currentTime = 0;
    destination = {};
    constructor() {
      made.contexts += 1;
    }
    get state() {
      return made.state;
    }
    resume = () => new Promise<void>((resolve) => void allowed.push(resolve));
    createGain = () => level;
    createOscillator = () => ({
      type: "sine",
      frequency: { value: 0 },
      connect: () => level,
      start: () => void (made.started += 1),
      stop: vi.fn(),
    });
  }
  vi.stubGlobal("AudioContext", FakeContext);
  return made;
}

afterEach(() => void vi.unstubAllGlobals());

describe("the sounds of a gate", () => {
  it("are heard without a touch where the window allows that", () => {
    const audio = device("running");
    const sounds = new Sounds();
    sounds.unlock();
    sounds.unlock();
    expect([audio.contexts, sounds.ready]).toEqual([1, true]);
    sounds.play("admitted");
    expect(audio.started).toBe(1);
  });

  it("of verdicts that nobody heard do not come all at once with the first touch", async () => {
    const audio = device("suspended");
    const sounds = new Sounds();
    sounds.unlock();
    expect(sounds.ready).toBe(false);
    const clock = vi.spyOn(performance, "now").mockReturnValue(1_000);
    sounds.play("admitted");
    clock.mockReturnValue(9_000);
    sounds.play("exited");
    audio.allow();
    await Promise.resolve();
    await Promise.resolve();
    // Two notes of the last alone.
    expect([audio.started, sounds.ready]).toEqual([2, true]);
  });
});
