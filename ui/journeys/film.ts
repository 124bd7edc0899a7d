/** A film for the browser's make-believe camera: one code at a time is held before it. */
import { closeSync, openSync, writeFileSync, writeSync } from "node:fs";
import { encode } from "uqr";

const WIDTH = 640;
const HEIGHT = 480;
const PER_SECOND = 10;
/** What a table looks like: grey, with paper on it. */
const TABLE = 0x60;
const PAPER = 0xeb;
const INK = 0x10;

const HEAD = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${PER_SECOND}:1 Ip A1:1 C420\nFRAME\n`);

function pictureOf(code: string | null): Buffer {
  const light = Buffer.alloc(WIDTH * HEIGHT, TABLE);
  if (code === null) return light;
  const { data, size } = encode(code, { ecc: "M", border: 4 });
  const module = Math.floor(HEIGHT / size);
  const left = Math.floor((WIDTH - module * size) / 2);
  const top = Math.floor((HEIGHT - module * size) / 2);
  for (let y = 0; y < size * module; y += 1) {
    const row = data[Math.floor(y / module)] ?? [];
    for (let x = 0; x < size * module; x += 1) {
      light[(top + y) * WIDTH + left + x] = row[Math.floor(x / module)] === true ? INK : PAPER;
    }
  }
  return light;
}

/** A film (YUV4MPEG2) of one picture, which the browser plays again and again; null is an empty table. */
export class Film {
  constructor(readonly path: string, code: string | null) {
    const colourless = Buffer.alloc((WIDTH * HEIGHT) / 2, 0x80);
    writeFileSync(path, Buffer.concat([HEAD, pictureOf(code), colourless]));
  }

  /** Holds another code before the camera; the browser reads the file anew for every frame. */
  show(code: string | null): void {
    const file = openSync(this.path, "r+");
    writeSync(file, pictureOf(code), 0, WIDTH * HEIGHT, HEAD.length);
    closeSync(file);
  }
}
