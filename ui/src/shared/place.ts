import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** The places of an event, in the order of the side. */
export const PLACES = ["overview", "guests", "invitations", "tickets", "history"] as const;

export type PlaceName = (typeof PLACES)[number];

/** What of a screen stands in the address, so that a reload changes nothing. */
export interface View {
  /** What is searched for. */
  q?: string;
  /** Id of the row whose pane is open. */
  open?: string;
}

/** Reads a view from an address; whatever else stands there is left out. */
export function readView(search: Record<string, unknown>): View {
  const text = (value: unknown) => (typeof value === "string" && value !== "" ? value : null);
  const q = text(search["q"]);
  const open = text(search["open"]);
  return { ...(q === null ? {} : { q }), ...(open === null ? {} : { open }) };
}

export interface Place {
  text: string;
  open: string | null;
  /** Changes the address where it stands, for what is typed and selected. */
  settle(to: { text?: string; open?: string | null }): void;
  /** Goes to a place of an event. */
  go(event: string, place: PlaceName, view?: View): void;
}

/** Where the person is, and how to get elsewhere. */
export function usePlace(): Place {
  const { q = "", open = null } = useSearch({ strict: false });
  const navigate = useNavigate();
  const settle = useCallback<Place["settle"]>(
    (to) =>
      void navigate({
        to: ".",
        replace: true,
        search: (now: View) =>
          readView({
            q: to.text === undefined ? now.q : to.text,
            open: to.open === undefined ? now.open : to.open,
          }),
      }),
    [navigate],
  );
  const go = useCallback<Place["go"]>(
    (event, place, view = {}) =>
      void navigate({ to: `/events/$event/${place}`, params: { event }, search: view }),
    [navigate],
  );
  return { text: q, open, settle, go };
}
