import { useSyncExternalStore } from "react";
import { type SessionState, session } from "./session";
import type { Action, Me } from "./types";

/** How the session stands. */
export function useSession(): SessionState {
  return useSyncExternalStore(session.subscribe, session.state);
}

/** Who is at work here; null while nobody is. */
export function useMe(): Me | null {
  const { standing } = useSession();
  return standing.kind === "signed_in" ? standing.me : null;
}

/** Whether whoever is at work may do that. */
export function useMay(): (action: Action) => boolean {
  const me = useMe();
  return (action) => me?.may.includes(action) ?? false;
}
