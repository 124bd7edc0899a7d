import type { Line } from "../../../api/gate";
import type { Shown } from "../../../shared/verdict";
import type { PresentingState } from "../presenting";

/** Somebody who was let in, for whom something is printed. */
export interface Arrival {
  scan: string;
  ticket: string;
  name: string;
  /** Whether they had not been in before. */
  first: boolean;
}

const arrivalOf = ({ scan, ticket, name, number, first_time, badge }: Shown): Arrival[] =>
  badge === true && ticket !== null ? [{ scan, ticket, name: name ?? `#${number ?? ""}`, first: first_time }] : [];

/** Somebody of the last scans; null where nothing is printed for them. */
export const arrivalAt = ({ scan, ticket, name, number, badge }: Line): Arrival | null =>
  badge && ticket !== null ? { scan, ticket, name: name ?? `#${number ?? ""}`, first: false } : null;

/** Those who were let in, as far as the gate still shows them: what it shows now comes first. */
export function arrivals({ now, asides, last }: PresentingState): Arrival[] {
  const shown = now.kind === "shown" ? [now.shown] : now.kind === "several" ? now.items : [];
  const all = [...shown, ...asides.map((aside) => aside.shown), ...last];
  return all.flatMap(arrivalOf);
}
