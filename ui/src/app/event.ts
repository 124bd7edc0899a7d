import { createContext, useContext } from "react";
import type { EventDetails } from "../api/types";

/** The event that is open, and how to move within it. */
export const EventContext = createContext<EventDetails | null>(null);

export function useEvent(): EventDetails {
  const event = useContext(EventContext);
  if (event === null) throw new Error("useEvent outside of an open event");
  return event;
}
