/** Whether the office answers, and how it is found again once it does not. */

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 5_000;

type Hear = () => void;

export class Reach {
  #away = false;
  #looking = false;
  #listeners = new Set<Hear>();
  #finders = new Set<Hear>();
  #ask: () => Promise<boolean>;

  /** `ask` tells whether anybody answers. */
  constructor(ask: () => Promise<boolean>) {
    this.#ask = ask;
  }

  readonly subscribe = (hear: Hear): (() => void) => {
    this.#listeners.add(hear);
    return () => this.#listeners.delete(hear);
  };

  /** Whether the office is known not to answer. */
  readonly away = (): boolean => this.#away;

  /** Hears that an office that was away answers again. */
  onFound(hear: Hear): () => void {
    this.#finders.add(hear);
    return () => this.#finders.delete(hear);
  }

  /** A request had no answer: the office is looked for until it has one. */
  readonly lost = (): void => {
    if (!this.#looking) void this.#look();
  };

  async #look(): Promise<void> {
    this.#looking = true;
    let wait = FIRST_PAUSE_MS;
    // One request can fail for reasons of its own: away is only who doesn't answer the next either.
    while (!(await this.#ask())) {
      this.#put(true);
      await new Promise((resolve) => setTimeout(resolve, wait));
      wait = Math.min(wait * 1.5, LONGEST_PAUSE_MS);
    }
    this.#looking = false;
    if (!this.#away) return;
    this.#put(false);
    for (const hear of this.#finders) hear();
  }

  #put(away: boolean): void {
    if (this.#away === away) return;
    this.#away = away;
    for (const hear of this.#listeners) hear();
  }
}
