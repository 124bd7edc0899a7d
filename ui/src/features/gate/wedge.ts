/** Scanners that type: what they type is told from what a person types by its speed. */

/** The longest pause within a code, ms: slow scanners over Bluetooth need about 40. */
const LONGEST_GAP_MS = 60;
/** What is typed on average faster than this is not typed by a person, ms. */
const MEAN_GAP_MS = 35;
/** The least that a code holds. */
const LEAST = 6;
/** From this letter on a quick run is kept from what has the focus. */
const SURE = 3;
/** The most that a code holds; the rest of an endless run is let go. */
const MOST = 4_096;
/** A code that no key ends is over after this, ms. */
export const PAUSE_MS = 120;

const ENDS = ["Enter", "Tab"];

export class Wedge {
  #text = "";
  #first = 0;
  #last = Number.NEGATIVE_INFINITY;

  /**
   * Takes a key that went down at `at`. `swallowed` tells that it belongs to a code and to nothing
   * else; `code` is there once the key has ended one.
   */
  press(key: string, at: number): { swallowed: boolean; code?: string } {
    if (at - this.#last > LONGEST_GAP_MS) this.forget();
    if (ENDS.includes(key)) {
      const code = this.end();
      return code === null ? { swallowed: false } : { swallowed: true, code };
    }
    // Shift and its like come between the letters of a code.
    if ([...key].length !== 1) return { swallowed: false };
    if (this.#text === "") this.#first = at;
    if (this.#text.length < MOST) this.#text += key;
    this.#last = at;
    return { swallowed: this.#text.length >= SURE && this.#quick() };
  }

  /** The code that is whole when nothing follows it; null when a person typed. */
  end(): string | null {
    const code = this.#text.length >= LEAST && this.#quick() ? this.#text : null;
    this.forget();
    return code;
  }

  forget(): void {
    this.#text = "";
    this.#last = Number.NEGATIVE_INFINITY;
  }

  /** Whether a quick run is under way. */
  get running(): boolean {
    return this.#text.length >= SURE && this.#quick();
  }

  #quick(): boolean {
    return (this.#last - this.#first) / Math.max(1, this.#text.length - 1) <= MEAN_GAP_MS;
  }
}

/** What a scanner was set to put around each code. */
export interface Wrapping {
  prefix: string;
  suffix: string;
}

/** ISO/IEC 15424: `]`, the kind of code, a modifier. */
const SYMBOLOGY = /^\][A-Za-z][0-9A-Za-z]/;
/** ECI as scanners write it: a backslash and six digits. */
const CHARACTER_SET = /^(?:\\\d{6})+/;
// Blanks may belong to a code, control characters never do.
const CONTROL = /[\p{Cc}\ufeff]/gu;

/** The code without what the scanner put around it. */
export function unwrapped(text: string, { prefix, suffix }: Wrapping): string {
  let code = text.replace(CONTROL, "");
  if (prefix !== "" && code.startsWith(prefix)) code = code.slice(prefix.length);
  if (suffix !== "" && code.endsWith(suffix)) code = code.slice(0, -suffix.length);
  return code.replace(SYMBOLOGY, "").replace(CHARACTER_SET, "");
}
