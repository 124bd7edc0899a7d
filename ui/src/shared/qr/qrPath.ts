import { encode } from "uqr";

/** Light modules that a code keeps around itself (ISO/IEC 18004). */
const QUIET = 4;

/** A QR code as one path of dark modules, each a unit wide, within a square of `size` units. */
export interface QrPath {
  size: number;
  path: string;
}

/** Draws a text as a QR code with its quiet zone. */
export function qrPath(text: string): QrPath {
  const { data, size } = encode(text, { ecc: "M", border: QUIET });
  const runs = data.flatMap((row, y) => {
    const drawn: string[] = [];
    for (let x = 0; x < size; x += 1) {
      if (!row[x]) continue;
      const from = x;
      while (row[x + 1]) x += 1;
      drawn.push(`M${from} ${y}h${x + 1 - from}v1H${from}z`);
    }
    return drawn;
  });
  return { size, path: runs.join("") };
}
