import { queryOptions } from "@tanstack/react-query";
import { pages } from "./ask";
import { client, content, done } from "./client";
import type {
  Audience,
  DeliveryOverview,
  Mailing,
  MailingDraft,
  Message,
  MessageKind,
  Trial,
  Wording,
  WordingView,
} from "./deliveryTypes";
import type { DeliveryStatus } from "./rowTypes";
import { saveAnswer } from "./saveAnswer";

/** What the list of messages is narrowed to; null leaves it as it is. */
export interface MessageView {
  text: string;
  status: DeliveryStatus | null;
  kind: MessageKind | null;
  mailing: string | null;
  domain: string | null;
}

/** What is asked of an event's messages. */
export const askDelivery = {
  overview: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "delivery"],
      queryFn: ({ signal }) =>
        content(client.GET("/api/events/{id}/delivery", { params: { path: { id: event } }, signal })),
      // Messages leave by themselves, soon after each other.
      refetchInterval: ({ state }) => (waitsIn(state.data) ? 2_000 : 15_000),
    }),

  messages: (event: string, { text, status, kind, mailing, domain }: MessageView) =>
    pages(["event", event, "deliveries", text, status ?? "", kind ?? "", mailing ?? "", domain ?? ""], (slice, signal) => {
      const query = {
        ...slice,
        ...(text === "" ? {} : { q: text }),
        ...(status === null ? {} : { status }),
        ...(kind === null ? {} : { kind }),
        ...(mailing === null ? {} : { mailing }),
        ...(domain === null ? {} : { domain }),
      };
      const params = { path: { id: event }, query };
      return content(client.GET("/api/events/{id}/deliveries", { params, signal }));
    }),

  ofGuest: (event: string, guest: string) =>
    queryOptions({
      queryKey: ["event", event, "guest", guest, "messages"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: guest } };
        return (await content(client.GET("/api/guests/{id}/messages", { params, signal }))).items;
      },
    }),

  mailings: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "mailings"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event } };
        return (await content(client.GET("/api/events/{id}/mailings", { params, signal }))).items;
      },
      refetchInterval: ({ state }) =>
        state.data?.some(({ status }) => status === "sending") === true ? 2_000 : 15_000,
    }),

  reach: (event: string, kind: MessageKind, audience: Audience, needed: boolean) =>
    queryOptions({
      queryKey: ["event", event, "reach", kind, audience, needed],
      queryFn: ({ signal }) =>
        content(
          client.POST("/api/events/{id}/mailings/reach", {
            params: { path: { id: event } },
            body: { kind, audience, needed },
            signal,
          }),
        ),
      staleTime: 5_000,
    }),

  notices: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "notices"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event } };
        return (await content(client.GET("/api/events/{id}/notices", { params, signal }))).items;
      },
    }),

  hostNotices: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "host notices"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event } };
        return (await content(client.GET("/api/events/{id}/host-notices", { params, signal }))).items;
      },
    }),

  /** What an event's messages say in a language. */
  wordings: (event: string, language: string) =>
    queryOptions({
      queryKey: ["event", event, "wordings", language],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event }, query: { language } };
        return (await content(client.GET("/api/events/{id}/wordings", { params, signal }))).items;
      },
      refetchOnWindowFocus: false,
    }),

  /** A wording filled in for an invitation, for an invented one when null. */
  preview: (event: string, kind: MessageKind, tried: Omit<Trial, "to">) =>
    queryOptions({
      queryKey: ["event", event, "wording preview", kind, tried],
      queryFn: ({ signal }) =>
        content(
          client.POST("/api/events/{id}/wordings/{kind}/preview", {
            params: { path: { id: event, kind } },
            body: tried,
            signal,
          }),
        ),
      staleTime: 30_000,
      gcTime: 60_000,
      retry: false,
    }),
};

/** Whether any message is still to be sent. */
function waitsIn(overview: DeliveryOverview | undefined): boolean {
  return overview?.kinds.some(({ status }) => status === "pending" || status === "pending_retry") ?? false;
}

const at = (id: string) => ({ params: { path: { id } } });

export function addMailing(event: string, body: MailingDraft, key: string): Promise<Mailing> {
  const headers = { "idempotency-key": key };
  return content(client.POST("/api/events/{id}/mailings", { ...at(event), body, headers }));
}

export const stepMailing = (mailing: string, step: "pause" | "resume" | "cancel"): Promise<Mailing> =>
  content(client.POST(`/api/mailings/{id}/${step}` as const, at(mailing)));

export const tellNotice = (notice: string): Promise<Mailing> =>
  content(client.POST("/api/notices/{id}/tell", at(notice)));

/** Holds all of the event's messages back, or lets them go. */
export const holdMessages = (event: string, hold: boolean): Promise<void> =>
  done(client.POST(`/api/events/{id}/outbox/${hold ? "pause" : "resume"}` as const, at(event)));

/** Sends a message again, to a corrected address or number where one is given. */
export const resend = (message: string, corrected: { email?: string; phone?: string }): Promise<Message> =>
  content(client.POST("/api/deliveries/{id}/resend", { ...at(message), body: corrected }));

/** Settles a message of which nobody knew whether it left. */
export const settleMessage = (message: string, arrived: boolean): Promise<Message> =>
  content(client.POST("/api/deliveries/{id}/settle", { ...at(message), body: { arrived } }));

/** Keeps all of the event's messages as a table. */
export const exportMessages = (event: string, name: string): Promise<void> =>
  saveAnswer(client.GET("/api/events/{id}/deliveries.csv", { ...at(event), parseAs: "stream" }), name);

const worded = (event: string, kind: MessageKind, language: string) => ({
  params: { path: { id: event, kind }, query: { language } },
});

export const changeWording = (event: string, kind: MessageKind, language: string, body: Wording): Promise<WordingView> =>
  content(client.PUT("/api/events/{id}/wordings/{kind}", { ...worded(event, kind, language), body }));

export const resetWording = (event: string, kind: MessageKind, language: string): Promise<WordingView> =>
  content(client.DELETE("/api/events/{id}/wordings/{kind}", worded(event, kind, language)));

/** Sends a wording, filled in, to an address of one's own. */
export const sendTrial = (event: string, kind: MessageKind, body: Trial): Promise<void> =>
  done(client.POST("/api/events/{id}/wordings/{kind}/trial", { params: { path: { id: event, kind } }, body }));
