import type { TicketRange } from "../../api/askTickets";

/** Numbers of tickets as they are typed; what is blank names no end. */
export interface TypedRange {
  first: number | string;
  last: number | string;
}

/** The first to the last of all tickets. */
export const ALL: TypedRange = { first: "", last: "" };

const numberOf = (typed: number | string) => (typeof typed === "number" && typed >= 1 ? typed : undefined);

/** Whether the first comes after the last, so that no ticket is meant. */
export function isTurned(typed: TypedRange): boolean {
  const { first, last } = rangeOf(typed);
  return first !== undefined && last !== undefined && first > last;
}

/** The tickets that are meant; ends that are blank are left out. */
export function rangeOf(typed: TypedRange): TicketRange {
  const first = numberOf(typed.first);
  const last = numberOf(typed.last);
  return { ...(first === undefined ? {} : { first }), ...(last === undefined ? {} : { last }) };
}
