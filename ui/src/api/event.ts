import { createContext, useContext } from "react";
import type { EventDetails } from "./types";

/** The event that is open, and how to move within it. */
export const EventContext = createContext<EventDetails | null>(null);

export function useEvent(): EventDetails {
  const event = useContext(EventContext);
  if (event === null) throw new Error("useEvent outside of an open event");
  return event;
}

/** Index in the palette of the ticket type with this name. */
export function useColour(): (type: string) => number | undefined {
  const { ticket_types } = useEvent();
  return (name) => ticket_types.find((type) => type.name === name)?.colour;
}
