/** Base45 (RFC 9285), read strictly: every text stands for bytes that are written as that text, or for nothing. */

const ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

const VALUES = new Map([...ALPHABET].map((letter, value) => [letter, value]));

/** The bytes that `text` stands for; null where no bytes are written so. */
export function readBase45(text: string): Uint8Array | null {
  const rest = text.length % 3;
  if (rest === 1) return null;
  const bytes = new Uint8Array(((text.length - rest) / 3) * 2 + (rest === 2 ? 1 : 0));
  let at = 0;
  for (let i = 0; i < text.length; i += 3) {
    const pair = i + 2 === text.length;
    const low = VALUES.get(text[i] ?? "");
    const middle = VALUES.get(text[i + 1] ?? "");
    const high = pair ? 0 : VALUES.get(text[i + 2] ?? "");
    if (low === undefined || middle === undefined || high === undefined) return null;
    const value = low + middle * 45 + high * 2_025;
    if (pair) {
      if (value > 0xff) return null;
      bytes[at++] = value;
    } else {
      if (value > 0xffff) return null;
      bytes[at++] = value >> 8;
      bytes[at++] = value & 0xff;
    }
  }
  return bytes;
}
