/** The phone's camera: opened, watched, lit, and read. */
import { DARK, DARK_MS } from "../../shared/brightness";
import { Presence } from "../../shared/presence";
import type { Picture, Reading } from "./scanReader.worker";

/** How it stands with the camera. */
export type CameraState = "opening" | "ok" | "black" | "refused" | "missing" | "busy" | "lost";

/** Pictures a second that are looked at, at most. */
const PERIOD_MS = 80;
/** The longer side of what is read, in pixels. */
const READ_SIDE = 1_280;
/** Pictures that can't be read, one after the other, before the reader counts as broken. */
const MOST_FAILURES = 5;
/** A camera that gives no picture for so long is lost. */
const FROZEN_MS = 4_000;

interface Lit extends MediaTrackCapabilities {
  torch?: boolean;
}

/** Asks for the camera; the browser asks the person. Throws what `stateOf` understands. */
export function openCamera(): Promise<MediaStream> {
  if (!("mediaDevices" in navigator)) return Promise.reject(new DOMException("no camera", "NotFoundError"));
  return navigator.mediaDevices.getUserMedia({
    audio: false,
    video: { facingMode: { ideal: "environment" }, width: { ideal: 1_280 }, height: { ideal: 720 } },
  });
}

/** What a refusal of the browser's means. */
export function stateOf(error: unknown): CameraState {
  switch ((error as DOMException | null)?.name) {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    default:
      return "missing";
  }
}

/** Watches a stream in a video element and tells what comes into view. */
export class Watch {
  readonly #video: HTMLVideoElement;
  readonly #stream: MediaStream;
  readonly #worker: Worker;
  readonly #canvas = document.createElement("canvas");
  readonly #presence = new Presence();
  readonly #onCodes: (codes: string[]) => void;
  readonly #onSight: (sight: "ok" | "black" | "lost") => void;
  #timer: ReturnType<typeof setTimeout> | null = null;
  #looks = 0;
  #failures = 0;
  #movedAt = performance.now();
  #lastTime = -1;
  #darkSince: number | null = null;
  #dark = false;
  #over = false;

  constructor(
    video: HTMLVideoElement,
    stream: MediaStream,
    onCodes: (codes: string[]) => void,
    onSight: (sight: "ok" | "black" | "lost") => void,
  ) {
    this.#video = video;
    this.#stream = stream;
    this.#onCodes = onCodes;
    this.#onSight = onSight;
    this.#worker = new Worker(new URL("./scanReader.worker.ts", import.meta.url), { type: "module" });
    this.#worker.addEventListener("message", ({ data }: MessageEvent<Reading>) => this.#took(data));
    this.#worker.addEventListener("error", () => this.#lose());
    stream.getVideoTracks()[0]?.addEventListener("ended", () => this.#lose());
    video.srcObject = stream;
    void video.play().catch(() => undefined);
    this.#next(0);
  }

  #next(inMs: number): void {
    if (!this.#over) this.#timer = setTimeout(() => this.#look(), inMs);
  }

  /** Takes the newest picture; the next is taken when this one has been read. */
  #look(): void {
    const { videoWidth, videoHeight, currentTime } = this.#video;
    const now = performance.now();
    if (currentTime !== this.#lastTime || document.visibilityState !== "visible") this.#movedAt = now;
    this.#lastTime = currentTime;
    if (now - this.#movedAt > FROZEN_MS) return this.#lose();
    if (videoWidth === 0 || document.visibilityState !== "visible") return this.#next(PERIOD_MS);
    const scale = Math.min(1, READ_SIDE / Math.max(videoWidth, videoHeight));
    const width = Math.round(videoWidth * scale);
    const height = Math.round(videoHeight * scale);
    const canvas = this.#canvas;
    if (canvas.width !== width || canvas.height !== height) {
      canvas.width = width;
      canvas.height = height;
    }
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) return this.#lose();
    context.drawImage(this.#video, 0, 0, width, height);
    const pixels = context.getImageData(0, 0, width, height).data.buffer;
    this.#looks += 1;
    // Every third picture is looked at harder: a good code is read at once, a bad one soon.
    this.#worker.postMessage({ pixels, width, height, harder: this.#looks % 3 === 0 } satisfies Picture, [pixels]);
  }

  #took(reading: Reading): void {
    if (this.#over) return;
    if ("failed" in reading) {
      this.#failures += 1;
      if (this.#failures >= MOST_FAILURES) return this.#lose();
    } else {
      this.#failures = 0;
      this.#tellDark(reading.bright);
      const fresh = this.#presence.see(reading.codes, performance.now());
      if (fresh.length > 0) this.#onCodes(fresh);
    }
    this.#next(PERIOD_MS);
  }

  /** Says that the lens is covered, and that it is so no more. */
  #tellDark(bright: number): void {
    const now = performance.now();
    this.#darkSince = bright < DARK ? (this.#darkSince ?? now) : null;
    const dark = this.#darkSince !== null && now - this.#darkSince > DARK_MS;
    if (dark === this.#dark) return;
    this.#dark = dark;
    this.#onSight(dark ? "black" : "ok");
  }

  #lose(): void {
    if (this.#over) return;
    this.stop();
    this.#onSight("lost");
  }

  get #track(): MediaStreamTrack | undefined {
    return this.#stream.getVideoTracks()[0];
  }

  /** Whether the camera has a light. */
  get hasTorch(): boolean {
    const track = this.#track;
    return (track?.getCapabilities?.() as Lit | undefined)?.torch === true;
  }

  async light(on: boolean): Promise<void> {
    await this.#track?.applyConstraints({ advanced: [{ torch: on } as MediaTrackConstraintSet] });
  }

  stop(): void {
    this.#over = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#worker.terminate();
    for (const track of this.#stream.getTracks()) track.stop();
    this.#video.srcObject = null;
  }
}
