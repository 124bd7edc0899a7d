/** Passages: the scans that moved somebody in or out. */

export type Direction = "entry" | "exit";

export interface Passage {
  direction: Direction;
  session: string | null;
  /** The day in the event's zone, as yyyymmdd. */
  day: number;
  /** The zone; null at the venue's entrance. */
  zone: string | null;
  /** When, UTC ms. */
  at: number;
}

export const isEntry = ({ direction }: Passage) => direction === "entry";

/** Whether a passage says if its holder is inside a place, a zone or the venue: whoever leaves the venue leaves every zone of it. */
export const concerns = (passage: Passage, place: string | null) =>
  passage.zone === place || (passage.zone === null && !isEntry(passage));

/** Whether a holder is inside after these passages of one place; whoever came before `emptiedAt` went out then. */
export function isInside(passages: readonly Passage[], emptiedAt: number | null): boolean {
  const last = passages.at(-1);
  return last !== undefined && isEntry(last) && (emptiedAt === null || last.at >= emptiedAt);
}
