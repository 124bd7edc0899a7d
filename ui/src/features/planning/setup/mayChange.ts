import type { Stage } from "../../../api";

/** A part of an event that a person may want to change. */
export type Part =
  | "words"
  | "time_zone"
  | "currency"
  | "place"
  | "visibility"
  | "capacity"
  | "ticket_form"
  | "re_entry"
  | "schedule"
  | "tiers";

/** Parts that can no longer change at a stage; the API holds the same and has the last word. */
const HELD: Record<Stage, readonly Part[] | "all"> = {
  draft: [],
  published: [],
  ticketed: ["time_zone", "currency", "ticket_form"],
  started: ["time_zone", "currency", "ticket_form", "visibility"],
  over: ["time_zone", "currency", "place", "visibility", "capacity", "ticket_form", "re_entry", "schedule", "tiers"],
  cancelled: "all",
};

/** Why a part may not change, as a code of the API; null when it may. */
export function heldBy(part: Part, stage: Stage): "tickets_exist" | "event_started" | "event_over" | "event_cancelled" | null {
  const held = HELD[stage];
  if (held !== "all" && !held.includes(part)) return null;
  if (stage === "cancelled") return "event_cancelled";
  if (stage === "over") return "event_over";
  return stage === "started" ? "event_started" : "tickets_exist";
}

/** Whether everyone who holds a ticket is told of a change. */
export const isTold = (part: Part, stage: Stage) =>
  part === "place" && (stage === "ticketed" || stage === "started");
