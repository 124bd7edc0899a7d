import { queryOptions } from "@tanstack/react-query";
import { pages } from "./ask";
import { client, content } from "./client";
import type { TicketStatus } from "./types";

/** Numbers of tickets from `first` to `last`, both among them; open on the side that is left out. */
export interface TicketRange {
  first?: number;
  last?: number;
}

/** What is asked of one invitation, one ticket, and what is printed of them. */
export const askTickets = {
  invitations: (event: string, text: string) =>
    pages(["event", event, "invitations", text], (slice, signal) => {
      const query = { ...slice, ...(text === "" ? {} : { q: text }) };
      const params = { path: { id: event }, query };
      return content(client.GET("/api/events/{id}/invitations", { params, signal }));
    }),

  tickets: (event: string, text: string, status: TicketStatus | null) =>
    pages(["event", event, "tickets", text, status ?? ""], (slice, signal) => {
      const query = {
        ...slice,
        ...(text === "" ? {} : { q: text }),
        ...(status === null ? {} : { status }),
      };
      const params = { path: { id: event }, query };
      return content(client.GET("/api/events/{id}/tickets", { params, signal }));
    }),

  invitation: (event: string, id: string) =>
    queryOptions({
      queryKey: ["event", event, "invitations", "one", id],
      queryFn: ({ signal }) =>
        content(client.GET("/api/invitations/{id}", { params: { path: { id } }, signal })),
    }),

  ticket: (event: string, id: string) =>
    queryOptions({
      queryKey: ["event", event, "tickets", "one", id],
      queryFn: ({ signal }) =>
        content(client.GET("/api/tickets/{id}", { params: { path: { id } }, signal })),
    }),

  /** A ticket's code as a picture; another one for each version. */
  code: (id: string, version: number) =>
    queryOptions({
      queryKey: ["code", id, version],
      queryFn: ({ signal }) => {
        const params = { path: { id } };
        return content(client.GET("/api/tickets/{id}/code", { params, signal, parseAs: "blob" }));
      },
      staleTime: Number.POSITIVE_INFINITY,
    }),

  batches: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "batches"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event } };
        return (await content(client.GET("/api/events/{id}/batches", { params, signal }))).items;
      },
    }),

  /** Guests whom no invitation covers, by what is typed. */
  listed: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "guests", "listed", text],
      queryFn: async ({ signal }) => {
        const query = { standing: "listed" as const, limit: 50, ...(text === "" ? {} : { q: text }) };
        const params = { path: { id: event }, query };
        return content(client.GET("/api/events/{id}/guests", { params, signal }));
      },
    }),

  sheets: () =>
    queryOptions({
      queryKey: ["sheets"],
      queryFn: async ({ signal }) => (await content(client.GET("/api/sheets", { signal }))).items,
      staleTime: Number.POSITIVE_INFINITY,
    }),

  /** The first page as it would be printed. */
  preview: (event: string, sheet: string, marks: boolean, range: TicketRange = {}) =>
    queryOptions({
      queryKey: ["event", event, "preview", sheet, marks, range],
      queryFn: ({ signal }) => {
        const params = { path: { id: event }, query: { sheet, marks, ...range } };
        return content(client.GET("/api/events/{id}/preview", { params, signal, parseAs: "blob" }));
      },
    }),
};
