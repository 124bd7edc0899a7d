/** This phone's clock, which somebody may set while the page runs. */

/**
 * UTC ms, as the phone says, but never back behind what has passed since it was read last: a clock
 * that is set back wins and loses no time. A phone that slept counts no time of its own, so the
 * later of the two holds.
 */
export class PhoneClock {
  #read = { clock: Date.now(), counted: performance.now() };

  now(): number {
    return Math.max(Date.now(), this.#read.clock + (performance.now() - this.#read.counted));
  }

  /** Believes the phone again, since the office has just said how far it is off. */
  read(): number {
    this.#read = { clock: Date.now(), counted: performance.now() };
    return this.#read.clock;
  }
}
