import type { EventSummary } from "../../api";

/** Doors open before the beginning, and guests leave after the end. */
const AROUND_MS = 6 * 3_600_000;

/** Whether the event is on at that moment or within hours of it. */
export function isOn({ starts_at: from, ends_at: until }: Pick<EventSummary, "starts_at" | "ends_at">, at: number): boolean {
  if (from === null) return false;
  return at >= from - AROUND_MS && at <= (until ?? from) + AROUND_MS;
}

const CLOSED: readonly string[] = ["cancelled", "archived", "draft"];

/** The events that a gate may be of: those that are on first, then by their beginning. */
export function eventsForGate(events: readonly EventSummary[], at: number): EventSummary[] {
  const far = (event: EventSummary) => (isOn(event, at) ? -1 : Math.abs((event.starts_at ?? 0) - at));
  return events
    .filter(({ status, handed_over_at: away }) => away === null && !CLOSED.includes(status))
    .sort((a, b) => far(a) - far(b));
}
