import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Browser, chromium } from "playwright-core";
import { encode } from "uqr";
import { browserPath } from "./browser";

const WIDTH = 1_280;
const HEIGHT = 720;
const WHITE = 235;
const BLACK = 16;
/** The most pixels of a module. */
const MODULE = 6;

/** One frame in YUV 4:2:0: a code in the middle of a grey room; none when there is no text. */
function frame(text: string | null, seed: number): Buffer {
  const light = Buffer.alloc(WIDTH * HEIGHT, 120);
  // A camera's picture is never the same twice.
  for (let n = 0; n < 4_000; n += 1) light[(n * 7_919 + seed * 104_729) % light.length] = 100 + ((n * seed) % 40);
  if (text !== null) {
    const { data, size } = encode(text, { ecc: "M", border: 4 });
    const module = Math.min(MODULE, Math.floor(HEIGHT / size));
    const side = size * module;
    const left = Math.floor((WIDTH - side) / 2);
    const top = Math.floor((HEIGHT - side) / 2);
    for (let y = 0; y < side; y += 1) {
      const row = data[Math.floor(y / module)] ?? [];
      for (let x = 0; x < side; x += 1) {
        light[(top + y) * WIDTH + left + x] = row[Math.floor(x / module)] === true ? BLACK : WHITE;
      }
    }
  }
  return Buffer.concat([Buffer.from("FRAME\n"), light, Buffer.alloc((WIDTH * HEIGHT) / 2, 128)]);
}

/** A scene of the video: what is held to the camera, for so many frames. */
export interface Scene {
  text: string | null;
  frames: number;
}

const FRAMES_A_SECOND = 5;
/** How long a frame is shown. */
export const FRAME_MS = 1_000 / FRAMES_A_SECOND;

/** A browser whose camera shows these scenes again and again. */
export async function browserWithCamera(scenes: readonly Scene[]): Promise<Browser> {
  if (browserPath === null) throw new Error("no browser");
  const film = join(mkdtempSync(join(tmpdir(), "gatehouse-film-")), "codes.y4m");
  const head = Buffer.from(`YUV4MPEG2 W${WIDTH} H${HEIGHT} F${FRAMES_A_SECOND}:1 Ip A1:1 C420jpeg\n`);
  let seed = 0;
  const frames = scenes.flatMap(({ text, frames: count }) =>
    Array.from({ length: count }, () => {
      seed += 1;
      return frame(text, seed);
    }),
  );
  writeFileSync(film, Buffer.concat([head, ...frames]));
  return chromium.launch({
    executablePath: browserPath,
    args: [
      "--no-sandbox",
      "--disable-dev-shm-usage",
      "--use-fake-device-for-media-stream",
      "--use-fake-ui-for-media-stream",
      `--use-file-for-fake-video-capture=${film}`,
    ],
  });
}
