/// <reference lib="webworker" />
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import { brightness } from "../../../shared/brightness";
import { FOREIGN, ForeignLook, foreignText } from "../../../shared/foreignCodes";
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

const foreign = new ForeignLook();

self.onmessage = async ({ data: { image, closely } }: MessageEvent<Look>) => {
  const bright = brightness(image.data);
  const { width, height } = image;
  const at = ({ x, y }: { x: number; y: number }) => [x / width, y / height] as const;
  let answer: Read = { seen: [], bright, failed: false };
  try {
    const read = async (options: ReaderOptions) =>
      (await readBarcodes(image, options)).filter(({ isValid, text }) => isValid && text !== "");
    const ours = await read(closely ? CLOSE : QUICK);
    const others = await foreign.in(ours.length, () => read(FOREIGN));
    const found = [...ours, ...others.map((other) => ({ ...other, text: foreignText(other) }))];
    const seen = found.map(({ text, position }) => ({
      text,
      corners: [at(position.topLeft), at(position.topRight), at(position.bottomRight), at(position.bottomLeft)],
    }));
    answer = { seen, bright, failed: false };
  } catch {
    answer = { seen: [], bright, failed: true };
  }
  self.postMessage(answer);
};
