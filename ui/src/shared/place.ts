import { useNavigate, useSearch } from "@tanstack/react-router";
import { useCallback } from "react";

/** The places of an event, in the order of the side. */
export const PLACES = [
  "overview",
  "guests",
  "invitations",
  "tickets",
  "delivery",
  "gates",
  "print",
  "history",
  "setup",
] as const;

export type PlaceName = (typeof PLACES)[number];

/** What of a screen stands in the address, so that a reload changes nothing. */
export interface View {
  /** What is searched for. */
  q?: string;
  /** Id of the row whose pane is open. */
  open?: string;
  /** What the list is narrowed to. */
  type?: string;
  standing?: string;
  status?: string;
  /** What the list is ordered by; `-` before it turns the order round. */
  sort?: string;
  event?: string;
  /** Days such as `2027-05-14`. */
  from?: string;
  until?: string;
  /** Number of the page, from 1. */
  page?: string;
  /** How the list is shown, such as `calendar`. */
  show?: string;
  /** Month of a calendar, such as `2027-05`. */
  month?: string;
  /** Which part of a screen is open. */
  section?: string;
  /** What messages are about, which mailing sends them, and the domain that they go to. */
  kind?: string;
  mailing?: string;
  domain?: string;
  /** The language of what messages say, where it is not the event's. */
  language?: string;
}

const PARTS = [
  "q",
  "open",
  "type",
  "standing",
  "status",
  "sort",
  "event",
  "from",
  "until",
  "page",
  "show",
  "month",
  "section",
  "kind",
  "mailing",
  "domain",
  "language",
] as const satisfies readonly (keyof View)[];

/** Reads a view from an address; whatever else stands there is left out. */
export function readView(search: Record<string, unknown>): View {
  const view: View = {};
  for (const part of PARTS) {
    const value = search[part];
    if (typeof value === "string" && value !== "") view[part] = value;
  }
  return view;
}

export interface Place {
  text: string;
  open: string | null;
  view: View;
  /** Changes the address where it stands, for what is typed and selected; null leaves a part out. */
  settle(to: { text?: string } & { [Part in Exclude<keyof View, "q">]?: string | null }): void;
  /** Goes to a place of an event. */
  go(event: string, place: PlaceName, view?: View): void;
}

/** Where the person is, and how to get elsewhere. */
export function usePlace(): Place {
  const view: View = useSearch({ strict: false });
  const { q = "", open = null } = view;
  const navigate = useNavigate();
  const settle = useCallback<Place["settle"]>(
    ({ text, ...to }) =>
      void navigate({
        to: ".",
        replace: true,
        search: (now: View) => readView({ ...now, ...(text === undefined ? {} : { q: text }), ...to }),
      }),
    [navigate],
  );
  const go = useCallback<Place["go"]>(
    (event, place, view = {}) =>
      void navigate({ to: `/events/$event/${place}`, params: { event }, search: view }),
    [navigate],
  );
  return { text: q, open, view, settle, go };
}
