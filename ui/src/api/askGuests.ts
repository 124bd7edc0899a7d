import { queryOptions } from "@tanstack/react-query";
import type { LongPage, Slice } from "../shared/longList";
import { PAGE_ROWS } from "./ask";
import { isProblem } from "../shared/problem";
import { sendFile } from "./sendFile";
import { client, content, done, ifMatch, type Versioned, versioned } from "./client";
import type { components } from "./contract";
import type { Guest, GuestChange, GuestDetail } from "./types";

type Shapes = components["schemas"];

export type GuestOrder = Shapes["GuestOrder"];
export type GuestStanding = Shapes["GuestStanding"];
export type GuestValues = Shapes["GuestValues"];
export type GuestsRemoved = Shapes["GuestsRemoved"];

/** How far a guest can be, from the list to the door. */
export const STANDINGS: readonly GuestStanding[] = ["listed", "invited", "ticketed", "came", "voided"];

/** Which guests are shown, and in which order. */
export interface GuestView {
  text: string;
  /** Id of a ticket type. */
  type: string | null;
  standing: GuestStanding | null;
  order: GuestOrder;
  descending: boolean;
}

/** One page of the guests of a view. */
export function readGuests(event: string, view: GuestView, slice: Slice): Promise<LongPage<Guest>> {
  const query = {
    ...(view.text !== "" && { q: view.text }),
    ...(view.type !== null && { ticket_type: view.type }),
    ...(view.standing !== null && { standing: view.standing }),
    sort: view.order,
    descending: view.descending !== slice.turned,
    limit: PAGE_ROWS,
    ...(slice.after !== null && { after: slice.after }),
  };
  const params = { path: { id: event }, query };
  return content(client.GET("/api/events/{id}/guests", { params, signal: slice.signal }));
}

/** One guest with all that is known, and the version to change them by. */
export const askGuest = (event: string, guest: string) =>
  queryOptions({
    queryKey: ["event", event, "guest", guest],
    queryFn: ({ signal }) => readGuest(guest, signal),
  });

export function readGuest(guest: string, signal?: AbortSignal): Promise<Versioned<GuestDetail>> {
  const params = { path: { id: guest } };
  return versioned(client.GET("/api/guests/{id}", { params, ...(signal && { signal }) }));
}

/** A guest's picture; null where there is none. */
export const askGuestPhoto = (event: string, guest: string) =>
  queryOptions({
    queryKey: ["event", event, "guest", guest, "photo"],
    queryFn: async ({ signal }) => {
      const params = { path: { id: guest } };
      try {
        return await content(client.GET("/api/guests/{id}/photo", { params, signal, parseAs: "blob" }));
      } catch (error) {
        if (isProblem(error, "photo_unknown")) return null;
        throw error;
      }
    },
    retry: false,
  });

export const setGuestPhoto = (guest: string, file: Blob): Promise<unknown> =>
  sendFile("PUT", `/api/guests/${guest}/photo`, file);

export const removeGuestPhoto = (guest: string): Promise<void> =>
  done(client.DELETE("/api/guests/{id}/photo", { params: { path: { id: guest } } }));

/** Adds a guest; `key` is the same for each try of the same form. */
export function addGuest(event: string, body: GuestChange, key: string): Promise<GuestDetail> {
  const params = { path: { id: event } };
  const headers = { "idempotency-key": key };
  return content(client.POST("/api/events/{id}/guests", { params, body, headers }));
}

export function changeGuest(
  guest: string,
  body: GuestChange,
  version: string | null,
): Promise<Versioned<GuestDetail>> {
  const params = { path: { id: guest } };
  return versioned(client.PUT("/api/guests/{id}", { params, body, headers: ifMatch(version) }));
}

/** Changes many guests in the same way, as one edit. */
export function changeGuests(event: string, guests: string[], change: GuestChange) {
  const params = { path: { id: event } };
  return content(client.POST("/api/events/{id}/guests/change", { params, body: { guests, change } }));
}

/** Takes many guests off the list; those whom an invitation covers stay. */
export function removeGuests(event: string, guests: string[]): Promise<GuestsRemoved> {
  const params = { path: { id: event } };
  return content(client.POST("/api/events/{id}/guests/remove", { params, body: { guests } }));
}
