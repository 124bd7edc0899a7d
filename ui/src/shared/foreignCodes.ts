/** Codes of other kinds than ours: a guest who holds one out is told so, instead of nothing. */
import type { ReaderOptions } from "zxing-wasm/reader";

/** Every so many pictures in which there is no code of ours, one is searched for others: it takes longer. */
const EVERY = 5;

/** Only kinds that carry a check of their own: others are found in any pattern of lines. */
export const FOREIGN: ReaderOptions = {
  formats: ["Aztec", "DataMatrix", "PDF417", "Code128", "EAN13"],
  textMode: "Plain",
  maxNumberOfSymbols: 1,
  minLineCount: 3,
  tryHarder: true,
  tryRotate: true,
  tryInvert: false,
  tryDownscale: false,
};

/** What is presented of such a code: never the spelling of a ticket, whatever it says. */
export const foreignText = ({ format, text }: { format: string; text: string }): string => `(${format}) ${text}`;

/** Searches pictures without a code of ours for others, now and then. */
export class ForeignLook {
  #empty = 0;
  #inView = false;

  /** What of other kinds is in a picture in which so many codes of ours were found; `read` searches it. */
  async in<Found>(ours: number, read: () => Promise<Found[]>): Promise<Found[]> {
    this.#empty = ours > 0 ? 0 : this.#empty + 1;
    if (this.#empty === 0) this.#inView = false;
    // What is held out stays in view: looked away from for long, it would count as shown again.
    if (!this.#inView && (this.#empty === 0 || this.#empty % EVERY !== 0)) return [];
    const found = await read();
    this.#inView = found.length > 0;
    return found;
  }
}
