import type { Tone } from "./shown";

/** One sound within a signal: Hz, shape of the wave, seconds from the start, seconds long. */
interface Note {
  pitch: number;
  wave: OscillatorType;
  from: number;
  long: number;
}

const note = (pitch: number, from: number, long: number, wave: OscillatorType = "sine"): Note => ({
  pitch,
  wave,
  from,
  long,
});

/** The signals: told apart by how many there are, how high and how rough. */
export const SIGNALS: Readonly<Record<Tone, readonly Note[]>> = {
  admitted: [note(1_320, 0, 0.2)],
  exited: [note(880, 0, 0.12), note(660, 0.14, 0.16)],
  attention: [note(740, 0, 0.18, "triangle"), note(988, 0.22, 0.26, "triangle")],
  refused: [note(138, 0, 0.55, "sawtooth")],
  undone: [note(520, 0, 0.1), note(390, 0.11, 0.14)],
  undecided: [note(138, 0, 0.3, "sawtooth"), note(138, 0.4, 0.3, "sawtooth"), note(138, 0.8, 0.3, "sawtooth")],
};

/** How a phone shakes, in ms: on, off, on. */
const SHAKES: Readonly<Record<Tone, number[]>> = {
  admitted: [60],
  exited: [60],
  attention: [120, 80, 120],
  refused: [400],
  undone: [40, 40, 40],
  undecided: [250, 120, 250, 120, 250],
};

/** Rough waves carry further than round ones at the same height. */
const LOUD: Readonly<Partial<Record<OscillatorType, number>>> = { sawtooth: 0.55, triangle: 0.9 };
const RISE_S = 0.008;

/** What comes later than this after its verdict would be taken for the next one's, ms. */
const LATE_MS = 400;

/** What a gate sounds like. Browsers let it sound only after the first touch or key. */
export class Sounds {
  #context: AudioContext | null = null;
  #loud = 0.8;
  #muted = false;

  /** To be called from a touch or a key, as often as one likes; before the first, it does what the browser lets it. */
  unlock(): void {
    if (!("AudioContext" in globalThis)) return;
    this.#context ??= new AudioContext();
    if (this.#context.state === "suspended") void this.#context.resume().catch(() => undefined);
  }

  /** Whether anything would be heard: false until a touch or a key has allowed it. */
  get ready(): boolean {
    return this.#context?.state === "running";
  }

  /** 0 to 1. */
  setVolume(loud: number): void {
    this.#loud = Math.min(1, Math.max(0, loud));
  }

  mute(muted: boolean): void {
    this.#muted = muted;
  }

  /** Sounds a signal, and shakes what can be shaken; never fails. */
  play(tone: Tone): void {
    if (this.#muted) return;
    // Missing in WebKit, and refused before the first touch.
    (navigator as { vibrate?(pattern: number[]): boolean }).vibrate?.(SHAKES[tone]);
    const context = this.#context;
    if (context === null || this.#loud === 0) return;
    if (context.state === "running") {
      this.#signal(context, tone);
      return;
    }
    // What waits for a touch would sound all at once with it.
    const asked = performance.now();
    void context.resume().then(
      () => {
        if (performance.now() - asked < LATE_MS) this.#signal(context, tone);
      },
      () => undefined,
    );
  }

  #signal(context: AudioContext, tone: Tone): void {
    try {
      for (const one of SIGNALS[tone]) this.#sound(context, one);
    } catch {
      // Audio may be gone with its device; colour, shape and word say it all.
    }
  }

  #sound(context: AudioContext, { pitch, wave, from, long }: Note): void {
    const start = context.currentTime + 0.01 + from;
    const source = context.createOscillator();
    const level = context.createGain();
    const high = this.#loud * (LOUD[wave] ?? 1);
    source.type = wave;
    source.frequency.value = pitch;
    // Without a rise and a fall each end would click.
    level.gain.setValueAtTime(0, start);
    level.gain.linearRampToValueAtTime(high, start + RISE_S);
    level.gain.setValueAtTime(high, start + long - 0.04);
    level.gain.linearRampToValueAtTime(0, start + long);
    source.connect(level).connect(context.destination);
    source.start(start);
    source.stop(start + long + 0.02);
  }
}
