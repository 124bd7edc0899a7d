/** Reads codes from pictures, beside the page so that nothing on it waits. */
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";

export interface Picture {
  pixels: ArrayBuffer;
  width: number;
  height: number;
  /** Whether to look harder, which takes longer. */
  harder: boolean;
}

export type Reading = { codes: string[] } | { failed: string };

/** Codes in one picture at most. */
const MOST_CODES = 4;

// From our own place, never from somebody else's.
const ready = Promise.resolve(
  prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true }),
);

async function read({ pixels, width, height, harder }: Picture): Promise<string[]> {
  await ready;
  const options: ReaderOptions = {
    formats: ["QRCode"],
    maxNumberOfSymbols: MOST_CODES,
    tryHarder: harder,
    tryInvert: harder,
    tryRotate: false,
    tryDownscale: harder,
  };
  const found = await readBarcodes(new ImageData(new Uint8ClampedArray(pixels), width, height), options);
  return found.filter(({ isValid }) => isValid).map(({ text }) => text);
}

self.addEventListener("message", ({ data }: MessageEvent<Picture>) => {
  read(data).then(
    (codes) => self.postMessage({ codes } satisfies Reading),
    (error: unknown) => self.postMessage({ failed: String(error) } satisfies Reading),
  );
});
