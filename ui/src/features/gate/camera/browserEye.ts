import { type Controls, type Lens, NO_CONTROLS, type Setting, type Sight, type Witness } from "./eye";
import { DARK, DARK_MS } from "../../../shared/brightness";
import type { Look, Read } from "./decode.worker";

/** The width that frames are decoded in; a ticket's code fills a part of it. */
const WIDTH = 1_280;
const HEIGHT = 720;
/** So long no new frame comes before it is said. */
const STILL_MS = 2_500;
/** So long no new frame comes before the camera is opened anew. */
const REOPEN_MS = 5_000;
const AGAIN_MS = 2_000;
/** So long a look at one frame takes at most: the first one waits for the reader itself. */
const READ_MS = 10_000;
/** Every so many frames in which nothing was found, one is looked at closely. */
const CLOSE_EVERY = 2;

interface Extent {
  min: number;
  max: number;
  step: number;
}

/** Abilities of a track that the standard's own types lack. */
interface Abilities {
  torch?: boolean;
  zoom?: Extent;
  exposureCompensation?: Extent;
}

interface TrackSetting extends MediaTrackConstraintSet {
  torch?: boolean;
  zoom?: number;
  exposureCompensation?: number;
}

/** The cameras that the browser tells of; unnamed until one was allowed. */
export async function browserLenses(): Promise<Lens[]> {
  const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
  const all = (await mediaDevices?.enumerateDevices?.()) ?? [];
  return all
    .filter(({ kind, deviceId }) => kind === "videoinput" && deviceId !== "")
    .map(({ deviceId, label }) => ({ id: deviceId, name: label }));
}

function sightOf(error: unknown): Sight {
  switch (error instanceof DOMException ? error.name : "") {
    case "NotAllowedError":
    case "SecurityError":
      return "refused";
    case "NotReadableError":
    case "AbortError":
      return "busy";
    case "NotFoundError":
    case "OverconstrainedError":
      return "none";
    default:
      return "lost";
  }
}

/** A camera that the browser opens; found again by itself when it was lost. */
export class BrowserEye {
  readonly #video: HTMLVideoElement;
  readonly #witness: Witness;
  readonly #lens: string | null;
  readonly #canvas = document.createElement("canvas");
  #worker: Worker | null = null;
  #stream: MediaStream | null = null;
  #over = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setInterval> | undefined;
  #reading = false;
  #readingSince = 0;
  #rest: ReturnType<typeof setTimeout> | undefined;
  #empty = 0;
  #frameAt = 0;
  #shownAt = -1;
  #darkSince: number | null = null;
  #opening = false;
  onControls: (controls: Controls) => void = () => undefined;

  constructor(video: HTMLVideoElement, lens: string | null, witness: Witness) {
    this.#video = video;
    this.#lens = lens;
    this.#witness = witness;
    void this.#open();
    (navigator as { mediaDevices?: MediaDevices }).mediaDevices?.addEventListener?.("devicechange", this.#changed);
  }

  stop(): void {
    this.#over = true;
    this.#close();
    clearTimeout(this.#rest);
    this.#worker?.terminate();
    (navigator as { mediaDevices?: MediaDevices }).mediaDevices?.removeEventListener?.("devicechange", this.#changed);
  }

  async set({ torch, zoom, exposure }: Setting): Promise<void> {
    const [track] = this.#stream?.getVideoTracks() ?? [];
    const setting: TrackSetting = {
      ...(torch !== undefined && { torch }),
      ...(zoom !== undefined && { zoom }),
      ...(exposure !== undefined && { exposureCompensation: exposure }),
    };
    // A driver that changes its mind says so by refusing.
    await track?.applyConstraints({ advanced: [setting] }).catch(() => undefined);
  }

  readonly #changed = () => {
    if (this.#stream === null) void this.#open();
  };

  async #open(): Promise<void> {
    if (this.#over || this.#opening) return;
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    if (!globalThis.isSecureContext || mediaDevices?.getUserMedia === undefined) {
      this.#witness.sight(globalThis.isSecureContext ? "none" : "insecure");
      return;
    }
    this.#opening = true;
    clearTimeout(this.#timer);
    this.#witness.sight("opening");
    try {
      const stream = await mediaDevices.getUserMedia({
        audio: false,
        video: {
          width: { ideal: WIDTH },
          height: { ideal: HEIGHT },
          ...(this.#lens === null ? { facingMode: "environment" } : { deviceId: { exact: this.#lens } }),
        },
      });
      if (this.#over) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      await this.#use(stream);
    } catch (error) {
      this.#lose(sightOf(error));
    } finally {
      this.#opening = false;
    }
  }

  async #use(stream: MediaStream): Promise<void> {
    this.#stream = stream;
    const [track] = stream.getVideoTracks();
    track?.addEventListener("ended", () => {
      if (this.#stream === stream) this.#lose("lost");
    });
    this.#video.srcObject = stream;
    await this.#video.play().catch(() => undefined);
    this.#frameAt = performance.now();
    this.#tell(track);
    this.#start();
    this.#beat = setInterval(() => this.#look(), 66);
  }

  #tell(track: MediaStreamTrack | undefined): void {
    const abilities = (track?.getCapabilities?.() ?? {}) as Abilities;
    const settings = (track?.getSettings?.() ?? {}) as TrackSetting;
    const range = (extent: Extent | undefined, now: number | undefined) =>
      extent !== undefined && extent.max > extent.min ? { ...extent, now: now ?? extent.min } : null;
    this.onControls({
      torch: abilities.torch === true,
      zoom: range(abilities.zoom, settings.zoom),
      exposure: range(abilities.exposureCompensation, settings.exposureCompensation),
      sizes: [],
    });
  }

  #start(): void {
    if (this.#over || this.#worker !== null) return;
    const worker = new Worker(new URL("./decode.worker.ts", import.meta.url), { type: "module" });
    worker.onmessage = ({ data }: MessageEvent<Read>) => {
      if (this.#worker === worker) this.#hear(data);
    };
    worker.onerror = () => {
      if (this.#worker === worker) this.#fail();
    };
    this.#worker = worker;
  }

  /** Says that nothing is read, and starts what reads anew. */
  #fail(): void {
    this.#worker?.terminate();
    this.#worker = null;
    this.#reading = false;
    if (this.#over) return;
    if (this.#stream !== null) this.#witness.sight("unread");
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.#start(), AGAIN_MS);
  }

  #look(): void {
    const { videoWidth, videoHeight, currentTime } = this.#video;
    const now = performance.now();
    if (currentTime === this.#shownAt) {
      const still = now - this.#frameAt;
      // A page that nobody sees is given no frames.
      if (still > REOPEN_MS && document.visibilityState === "visible") this.#lose("frozen");
      else if (still > STILL_MS) this.#witness.sight("frozen");
      return;
    }
    this.#shownAt = currentTime;
    this.#frameAt = now;
    if (this.#reading && now - this.#readingSince > READ_MS) this.#fail();
    if (this.#reading || videoWidth === 0 || this.#worker === null) return;
    const scale = Math.min(1, WIDTH / Math.max(videoWidth, videoHeight));
    this.#canvas.width = Math.round(videoWidth * scale);
    this.#canvas.height = Math.round(videoHeight * scale);
    const context = this.#canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) return;
    context.drawImage(this.#video, 0, 0, this.#canvas.width, this.#canvas.height);
    const image = context.getImageData(0, 0, this.#canvas.width, this.#canvas.height);
    this.#reading = true;
    this.#readingSince = now;
    const look: Look = { image, closely: this.#empty >= CLOSE_EVERY };
    if (look.closely) this.#empty = 0;
    this.#worker.postMessage(look, [image.data.buffer]);
  }

  #hear({ seen, bright, failed }: Read): void {
    this.#reading = false;
    if (failed) {
      this.#fail();
      return;
    }
    if (this.#over || this.#stream === null) return;
    this.#empty = seen.length === 0 ? this.#empty + 1 : 0;
    const now = performance.now();
    this.#darkSince = bright < DARK ? (this.#darkSince ?? now) : null;
    const dark = this.#darkSince !== null && now - this.#darkSince > DARK_MS;
    this.#witness.sight(dark ? "black" : "ok");
    this.#witness.codes(seen);
  }

  #lose(sight: Sight): void {
    this.#close();
    if (this.#over) return;
    this.#witness.sight(sight);
    this.#timer = setTimeout(() => void this.#open(), AGAIN_MS);
  }

  #close(): void {
    clearTimeout(this.#timer);
    clearInterval(this.#beat);
    for (const track of this.#stream?.getTracks() ?? []) track.stop();
    this.#stream = null;
    this.#reading = false;
    this.#video.srcObject = null;
    this.onControls(NO_CONTROLS);
  }
}
