import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";
import type { Page } from "../shared/pages";
import { client, content } from "./client";

/** Rows fetched at a time; the API's most. */
export const PAGE_ROWS = 500;

/** A list that is asked for page by page. */
export function pages<T>(
  key: readonly string[],
  read: (slice: { after?: string; limit: number }, signal: AbortSignal) => Promise<Page<T>>,
) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) =>
      read({ limit: PAGE_ROWS, ...(pageParam === null ? {} : { after: pageParam }) }, signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
}

const searched = (text: string) => (text === "" ? {} : { q: text });

/** What is asked of the API, each with its key in the cache. */
export const ask = {
  health: () =>
    queryOptions({
      queryKey: ["health"],
      queryFn: ({ signal }) => content(client.GET("/api/health", { signal })),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  events: () =>
    queryOptions({
      queryKey: ["events"],
      queryFn: async ({ signal }) => (await content(client.GET("/api/events", { signal }))).items,
      refetchInterval: 30_000,
    }),

  event: (event: string) =>
    queryOptions({
      queryKey: ["event", event],
      queryFn: ({ signal }) =>
        content(client.GET("/api/events/{id}", { params: { path: { id: event } }, signal })),
    }),

  /** Sessions of all events that are on or to come, by start. */
  sessionsToCome: () =>
    queryOptions({
      queryKey: ["events", "sessions"],
      queryFn: async ({ signal }) => {
        const query = { limit: 500 };
        return (await content(client.GET("/api/sessions", { params: { query }, signal }))).items;
      },
      staleTime: 10_000,
    }),

  /** Admissions by the minute; minutes without any are left out. */
  arrivals: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "arrivals"],
      queryFn: async ({ signal }) => {
        const path = { id: event };
        const answer = client.GET("/api/events/{id}/arrivals", { params: { path }, signal });
        return (await content(answer)).items;
      },
      staleTime: 5_000,
    }),

  /** How many guests with a ticket type are on the list, and how many of them came. */
  guestsOfType: (event: string, type: string) =>
    queryOptions({
      queryKey: ["event", event, "guests of type", type],
      queryFn: async ({ signal }) => {
        const path = { id: event };
        const count = async (standing?: "came") => {
          const query = { ticket_type: type, limit: 1, ...(standing && { standing }) };
          const answer = client.GET("/api/events/{id}/guests", { params: { path, query }, signal });
          return (await content(answer)).total ?? 0;
        };
        const [listed, came] = await Promise.all([count(), count("came")]);
        return { listed, came };
      },
      staleTime: 5_000,
    }),

  guests: (event: string, text: string) =>
    pages(["event", event, "guests", text], (slice, signal) =>
      content(
        client.GET("/api/events/{id}/guests", {
          params: { path: { id: event }, query: { ...searched(text), ...slice } },
          signal,
        }),
      ),
    ),

  fewGuests: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "few guests", text],
      queryFn: async ({ signal }) =>
        (
          await content(
            client.GET("/api/events/{id}/guests", {
              params: { path: { id: event }, query: { ...searched(text), limit: 100 } },
              signal,
            }),
          )
        ).items,
      staleTime: 10_000,
    }),

  invitations: (event: string) =>
    pages(["event", event, "invitations"], (query, signal) =>
      content(
        client.GET("/api/events/{id}/invitations", {
          params: { path: { id: event }, query },
          signal,
        }),
      ),
    ),

  tickets: (event: string) =>
    pages(["event", event, "tickets"], (query, signal) =>
      content(
        client.GET("/api/events/{id}/tickets", { params: { path: { id: event }, query }, signal }),
      ),
    ),

  /** The ticket with this number: the first after the number before it. */
  ticket: (event: string, number: number) =>
    queryOptions({
      queryKey: ["event", event, "ticket", number],
      queryFn: async ({ signal }) => {
        const query = { after: String(number - 1), limit: 1 };
        const page = await content(
          client.GET("/api/events/{id}/tickets", { params: { path: { id: event }, query }, signal }),
        );
        return page.items.find((ticket) => ticket.number === number) ?? null;
      },
      staleTime: 5_000,
    }),

  /** The guests of one invitation, by its number. */
  party: (event: string, invitation: string) =>
    queryOptions({
      queryKey: ["event", event, "party", invitation],
      queryFn: async ({ signal }) => {
        const query = { q: invitation, limit: 60 };
        const page = await content(
          client.GET("/api/events/{id}/guests", { params: { path: { id: event }, query }, signal }),
        );
        return page.items.filter((guest) => guest.invitation === invitation);
      },
      staleTime: 10_000,
    }),

  edits: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "edits"],
      queryFn: async ({ signal }) => {
        const query = { limit: 500 };
        const answer = await content(
          client.GET("/api/events/{id}/audit", { params: { path: { id: event }, query }, signal }),
        );
        return answer.items;
      },
      staleTime: 5_000,
    }),
};
