/** A film for the browser's make-believe camera: codes held before it, one after the other. */
import { closeSync, openSync, writeSync } from "node:fs";
import { encode } from "uqr";

const WIDTH = 640;
const HEIGHT = 480;
const PER_SECOND = 10;
/** What a table looks like: grey, with paper on it. */
const TABLE = 0x60;
const PAPER = 0xeb;
const INK = 0x10;

export interface Shot {
  /** What is written in the code; null for an empty table. */
  code: string | null;
  seconds: number;
}

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

/** Writes a film (YUV4MPEG2) that the browser plays again and again. */
export function writeFilm(path: string, shots: readonly Shot[]): void {
  const file = openSync(path, "w");
  writeSync(file, `YUV4MPEG2 W${WIDTH} H${HEIGHT} F${PER_SECOND}:1 Ip A1:1 C420\n`);
  const colourless = Buffer.alloc(WIDTH * HEIGHT / 2, 0x80);
  for (const { code, seconds } of shots) {
    const picture = pictureOf(code);
    for (let n = 0; n < seconds * PER_SECOND; n += 1) {
      writeSync(file, "FRAME\n");
      writeSync(file, picture);
      writeSync(file, colourless);
    }
  }
  closeSync(file);
}
