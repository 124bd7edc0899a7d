/// <reference lib="webworker" />
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import type { Seen } from "./eye";

declare const self: DedicatedWorkerGlobalScope;

/** What the worker is given: a picture, and whether to look closely. */
export interface Look {
  image: ImageData;
  closely: boolean;
}

/** What it answers with. `bright` is the mean lightness, 0 to 255. */
export interface Read {
  seen: Seen[];
  bright: number;
  failed: boolean;
}

// From our own bundle: the library would fetch it from elsewhere.
void prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true });

const QUICK: ReaderOptions = {
  formats: ["QRCode"],
  textMode: "Plain",
  maxNumberOfSymbols: 4,
  tryHarder: false,
  tryRotate: false,
  tryInvert: false,
  tryDownscale: false,
};

const CLOSE: ReaderOptions = { ...QUICK, tryHarder: true, tryRotate: true, tryInvert: true, tryDownscale: true };

/** Every so many pixels one is looked at: enough to tell a covered lens. */
const STRIDE = 4 * 997;

function brightness({ data }: ImageData): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at + 2 < data.length; at += STRIDE) {
    sum += (data[at] ?? 0) + (data[at + 1] ?? 0) + (data[at + 2] ?? 0);
    count += 3;
  }
  return count === 0 ? 0 : sum / count;
}

self.onmessage = async ({ data: { image, closely } }: MessageEvent<Look>) => {
  const bright = brightness(image);
  const { width, height } = image;
  const at = ({ x, y }: { x: number; y: number }) => [x / width, y / height] as const;
  let answer: Read = { seen: [], bright, failed: false };
  try {
    const found = await readBarcodes(image, closely ? CLOSE : QUICK);
    const seen = found
      .filter(({ isValid, text }) => isValid && text !== "")
      .map(({ text, position }) => ({
        text,
        corners: [at(position.topLeft), at(position.topRight), at(position.bottomRight), at(position.bottomLeft)],
      }));
    answer = { seen, bright, failed: false };
  } catch {
    answer = { seen: [], bright, failed: true };
  }
  self.postMessage(answer);
};
