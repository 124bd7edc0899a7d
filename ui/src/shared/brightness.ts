/** How light a picture is: enough to tell a covered lens. */

/** Mean lightness under which nothing is seen, of 255. */
export const DARK = 10;
/** So long a lens is covered before it is said. */
export const DARK_MS = 1_500;

/** Every so many pixels one is looked at. */
const STRIDE = 4 * 997;

/** The mean lightness of red, green, blue and alpha bytes, 0 to 255. */
export function brightness(pixels: Uint8ClampedArray): number {
  let sum = 0;
  let count = 0;
  for (let at = 0; at + 2 < pixels.length; at += STRIDE) {
    sum += (pixels[at] ?? 0) + (pixels[at + 1] ?? 0) + (pixels[at + 2] ?? 0);
    count += 3;
  }
  return count === 0 ? 0 : sum / count;
}
