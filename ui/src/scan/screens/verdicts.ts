/** What is shown of codes that were in view together: all of them, in the colour of the gravest. */
import { gravest, letsPass, type Shown, type Tone, toneOf } from "../../shared/verdict";
import type { Scanner } from "../office/scanner";

/** One code and what became of it; nothing was decided where `shown` is null. */
export interface Item {
  code: string;
  shown: Shown | null;
}

/** What stands on the screen, and when the last of it came, ms. */
export interface Showing {
  items: readonly Item[];
  at: number;
}

/** Verdicts that come sooner than this after others are read together with them. */
const TOGETHER_MS = 1_500;
/** Lines on the screen at most; the last are the newest. */
const MOST_LINES = 12;

/** The tone of all that is shown. */
export const toneOfAll = (items: readonly Item[]): Tone =>
  gravest(items.map(({ shown }) => (shown === null ? "undecided" : toneOf(shown))));

/** Whether a line stands for somebody who may pass. */
export const passes = ({ shown }: Item): boolean => shown !== null && letsPass(toneOf(shown));

/** Puts what came beside what has only just been shown, or in its place. */
export function shownWith(before: Showing | null, items: readonly Item[], at: number): Showing {
  if (before === null || at - before.at >= TOGETHER_MS) return { items, at };
  const again = new Set(items.map(({ code }) => code));
  return { items: [...before.items.filter(({ code }) => !again.has(code)), ...items].slice(-MOST_LINES), at };
}

interface Ask {
  code: string;
  answered: boolean;
}

/** Presents codes one after the other, however many come, and tells of those that came together at once. */
export class Turns {
  readonly #scanner: Pick<Scanner, "present">;
  readonly #tell: (items: readonly Item[]) => void;
  #waiting: Ask[] = [];
  #going = false;

  constructor(scanner: Pick<Scanner, "present">, tell: (items: readonly Item[]) => void) {
    this.#scanner = scanner;
    this.#tell = tell;
  }

  /** Resolves once nothing waits any more. */
  async present(codes: readonly string[], answered = false): Promise<void> {
    this.#waiting.push(...codes.map((code) => ({ code, answered })));
    if (this.#going) return;
    this.#going = true;
    try {
      while (this.#waiting.length > 0) await this.#decide(this.#waiting.splice(0));
    } finally {
      this.#going = false;
    }
  }

  async #decide(asks: readonly Ask[]): Promise<void> {
    const items: Item[] = [];
    for (const { code, answered } of asks) {
      // Where nothing was written down, nothing was decided.
      const outcome = await this.#scanner.present(code, answered).catch(() => ({ undecided: true }) as const);
      if ("shown" in outcome) items.push({ code, shown: outcome.shown });
      else if ("undecided" in outcome) items.push({ code, shown: null });
    }
    if (items.length > 0) this.#tell(items);
  }
}
