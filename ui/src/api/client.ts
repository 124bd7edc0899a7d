import { queryOptions, infiniteQueryOptions } from "@tanstack/react-query";
import type {
  Edit,
  EventDetails,
  EventSummary,
  Guest,
  Health,
  Invitation,
  Page,
  ProblemBody,
  Ticket,
} from "./types";

/** Rows fetched at a time; the API's most. */
export const PAGE_ROWS = 500;

/** A refusal of the API, with its stable code and words for the person. */
export class ApiProblem extends Error {
  readonly code: string;
  readonly status: number;

  constructor(body: Pick<ProblemBody, "code" | "detail" | "status">) {
    super(body.detail);
    this.name = "ApiProblem";
    this.code = body.code;
    this.status = body.status;
  }
}

async function readProblem(response: Response): Promise<ApiProblem> {
  const kind = response.headers.get("content-type") ?? "";
  if (kind.startsWith("application/problem+json")) {
    return new ApiProblem((await response.json()) as ProblemBody);
  }
  return new ApiProblem({
    code: "unexpected_answer",
    detail: `${response.status} ${response.statusText}`.trim(),
    status: response.status,
  });
}

async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  let response: Response;
  try {
    response = await fetch(path, {
      headers: { accept: "application/json" },
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiProblem({ code: "unreachable", detail: String(error), status: 0 });
  }
  if (!response.ok) throw await readProblem(response);
  return (await response.json()) as T;
}

function query(values: Record<string, string | number | null>): string {
  const search = new URLSearchParams();
  for (const [key, value] of Object.entries(values)) {
    if (value !== null && value !== "") search.set(key, String(value));
  }
  const text = search.toString();
  return text === "" ? "" : `?${text}`;
}

const eventPath = (event: string) => `/api/events/${encodeURIComponent(event)}`;

function pages<T>(key: readonly string[], path: (after: string | null) => string) {
  return infiniteQueryOptions({
    queryKey: key,
    queryFn: ({ pageParam, signal }) => get<Page<T>>(path(pageParam), signal),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.next,
    staleTime: 30_000,
    refetchOnWindowFocus: false,
  });
}

/** What is asked of the API, each with its key in the cache. */
export const ask = {
  health: () =>
    queryOptions({
      queryKey: ["health"],
      queryFn: ({ signal }) => get<Health>("/api/health", signal),
      staleTime: Number.POSITIVE_INFINITY,
    }),

  events: () =>
    queryOptions({
      queryKey: ["events"],
      queryFn: async ({ signal }) => (await get<{ items: EventSummary[] }>("/api/events", signal)).items,
      refetchInterval: 30_000,
    }),

  event: (event: string) =>
    queryOptions({
      queryKey: ["event", event],
      queryFn: ({ signal }) => get<EventDetails>(eventPath(event), signal),
      refetchInterval: 5_000,
    }),

  guests: (event: string, text: string) =>
    pages<Guest>(
      ["event", event, "guests", text],
      (after) => `${eventPath(event)}/guests${query({ q: text, after, limit: PAGE_ROWS })}`,
    ),

  fewGuests: (event: string, text: string) =>
    queryOptions({
      queryKey: ["event", event, "few guests", text],
      queryFn: async ({ signal }) =>
        (await get<Page<Guest>>(`${eventPath(event)}/guests${query({ q: text, limit: 100 })}`, signal))
          .items,
      staleTime: 10_000,
    }),

  invitations: (event: string) =>
    pages<Invitation>(
      ["event", event, "invitations"],
      (after) => `${eventPath(event)}/invitations${query({ after, limit: PAGE_ROWS })}`,
    ),

  tickets: (event: string) =>
    pages<Ticket>(
      ["event", event, "tickets"],
      (after) => `${eventPath(event)}/tickets${query({ after, limit: PAGE_ROWS })}`,
    ),

  /** The ticket with this number: the first after the number before it. */
  ticket: (event: string, number: number) =>
    queryOptions({
      queryKey: ["event", event, "ticket", number],
      queryFn: async ({ signal }) => {
        const page = await get<Page<Ticket>>(
          `${eventPath(event)}/tickets${query({ after: number - 1, limit: 1 })}`,
          signal,
        );
        return page.items.find((ticket) => ticket.number === number) ?? null;
      },
      staleTime: 5_000,
    }),

  /** The guests of one invitation, by its number. */
  party: (event: string, invitation: string) =>
    queryOptions({
      queryKey: ["event", event, "party", invitation],
      queryFn: async ({ signal }) =>
        (
          await get<Page<Guest>>(
            `${eventPath(event)}/guests${query({ q: invitation, limit: 60 })}`,
            signal,
          )
        ).items.filter((guest) => guest.invitation === invitation),
      staleTime: 10_000,
    }),

  edits: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "edits"],
      queryFn: async ({ signal }) =>
        (await get<{ items: Edit[] }>(`${eventPath(event)}/audit${query({ limit: 500 })}`, signal))
          .items,
      staleTime: 5_000,
    }),
};
