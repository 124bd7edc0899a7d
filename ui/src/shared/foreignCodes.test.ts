import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { prepareZXingModule, readBarcodes } from "zxing-wasm/reader";
import { prepareZXingModule as prepareWriter, writeBarcode } from "zxing-wasm/writer";
import { FOREIGN, ForeignLook, foreignText } from "./foreignCodes";

const files = createRequire(import.meta.url);
const wasm = (name: string) => readFileSync(files.resolve(`zxing-wasm/${name}`)).buffer as ArrayBuffer;
prepareZXingModule({ overrides: { wasmBinary: wasm("reader/zxing_reader.wasm") } });
prepareWriter({ overrides: { wasmBinary: wasm("writer/zxing_writer.wasm") } });

describe("codes of other kinds", () => {
  it.each([
    ["Aztec", "M1DOE/JOHN"],
    ["DataMatrix", "0815"],
    ["PDF417", "somebody else's ticket"],
    ["Code128", "A-4711"],
    ["EAN13", "4006381333931"],
  ] as const)("%s is read, and is not one of ours", async (format, text) => {
    const { image } = await writeBarcode(text, { format, scale: 4, addQuietZones: true });
    if (image === null) throw new Error("no picture");
    expect(await readBarcodes(image, { formats: ["QRCode"] })).toEqual([]);
    const [found] = await readBarcodes(image, FOREIGN);
    expect(found === undefined ? null : foreignText(found)).toBe(`(${format}) ${text}`);
  });
  it("are searched for now and then where there is none of ours, and for as long as one is held out", async () => {
    const look = new ForeignLook();
    const asked: number[] = [];
    const frames = async (count: number, ours: number, found: string[] = []) => {
      let reads = 0;
      for (let n = 0; n < count; n += 1) {
        await look.in(ours, () => {
          reads += 1;
          return Promise.resolve(found);
        });
      }
      asked.push(reads);
    };
    await frames(100, 1);
    await frames(10, 0);
    await frames(4, 0);
    await frames(3, 0, ["(Aztec) theirs"]);
    await frames(1, 0);
    await frames(1, 0);
    expect(asked).toEqual([0, 2, 0, 3, 1, 0]);
  });
});
