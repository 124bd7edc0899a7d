/** Reads codes from pictures, beside the page so that nothing on it waits. */
import { prepareZXingModule, type ReaderOptions, readBarcodes } from "zxing-wasm/reader";
import wasm from "zxing-wasm/reader/zxing_reader.wasm?url";
import { brightness } from "../../shared/brightness";
import { FOREIGN, ForeignLook, foreignText } from "../../shared/foreignCodes";

export interface Picture {
  pixels: ArrayBuffer;
  width: number;
  height: number;
  /** Whether to look harder, which takes longer. */
  harder: boolean;
}

/** `bright` is the mean lightness, 0 to 255. */
export type Reading = { codes: string[]; bright: number } | { failed: string };

/** Codes in one picture at most. */
const MOST_CODES = 4;

// From our own place, never from somebody else's.
const ready = Promise.resolve(
  prepareZXingModule({ overrides: { locateFile: () => wasm }, fireImmediately: true }),
);

const foreign = new ForeignLook();

async function read({ pixels, width, height, harder }: Picture): Promise<Reading> {
  await ready;
  const image = new ImageData(new Uint8ClampedArray(pixels), width, height);
  const options: ReaderOptions = {
    formats: ["QRCode"],
    maxNumberOfSymbols: MOST_CODES,
    tryHarder: harder,
    tryInvert: harder,
    tryRotate: false,
    tryDownscale: harder,
  };
  const valid = async (how: ReaderOptions) => (await readBarcodes(image, how)).filter(({ isValid }) => isValid);
  const ours = await valid(options);
  const others = await foreign.in(ours.length, () => valid(FOREIGN));
  const codes = [...ours.map(({ text }) => text), ...others.map(foreignText)];
  return { codes, bright: brightness(image.data) };
}

self.addEventListener("message", ({ data }: MessageEvent<Picture>) => {
  read(data).then(
    (reading) => self.postMessage(reading),
    (error: unknown) => self.postMessage({ failed: String(error) } satisfies Reading),
  );
});
