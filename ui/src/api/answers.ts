/** What guests are asked and what they answer, and where their pages are. */
import { queryOptions } from "@tanstack/react-query";
import type { Versioned } from "../shared/versioned";
import { client, content, ifMatch, versioned } from "./client";
import type { components } from "./contract";

type Shapes = components["schemas"];

/** What an event asks its guests, with everything it says. */
export type AnswerSettings = Omit<Required<Shapes["AnswerSettings"]>, "questions"> & { questions: Question[] };
export type Question = Required<Shapes["Question"]>;
/** What guests of an invitation said and did on their page. */
export type GuestAnswers = Shapes["AnswersAnswer"];
export type Said = Shapes["Said"];
export type GuestPages = Shapes["GuestPagesAnswer"];

const at = (id: string) => ({ path: { id } });

export const askAnswers = {
  of: (event: string, invitation: string) =>
    queryOptions({
      queryKey: ["event", event, "invitations", "answers", invitation],
      queryFn: ({ signal }) =>
        content(client.GET("/api/invitations/{id}/answers", { params: at(invitation), signal })),
    }),

  turnout: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "turnout"],
      queryFn: ({ signal }) =>
        content(client.GET("/api/events/{id}/turnout", { params: at(event), signal })),
    }),

  pages: () =>
    queryOptions({
      queryKey: ["guest pages"],
      queryFn: ({ signal }) => content(client.GET("/api/guest-pages", { signal })),
    }),

  preferences: (event: string, guest: string) =>
    queryOptions({
      queryKey: ["event", event, "guests", "preferences", guest],
      queryFn: ({ signal }) =>
        content(client.GET("/api/guests/{id}/preferences", { params: at(guest), signal })),
    }),
};

const whole = (body: Shapes["AnswerSettings"]): AnswerSettings => ({
  deadline: body.deadline ?? null,
  dietary: body.dietary ?? false,
  questions: (body.questions ?? []).map((question) => ({ ...question, choices: question.choices ?? [] })),
  name_plus_ones: body.name_plus_ones ?? true,
  message: body.message ?? true,
  share_tickets: body.share_tickets ?? true,
  track_opens: body.track_opens ?? false,
});

export async function readQuestions(event: string): Promise<Versioned<AnswerSettings>> {
  const { body, version } = await versioned(
    client.GET("/api/events/{id}/questions", { params: at(event) }),
  );
  return { body: whole(body), version };
}

export async function writeQuestions(
  event: string,
  wanted: AnswerSettings,
  seen: string | null,
): Promise<Versioned<AnswerSettings>> {
  const headers = ifMatch(seen);
  const { body, version } = await versioned(
    client.PUT("/api/events/{id}/questions", { params: at(event), body: wanted, headers }),
  );
  return { body: whole(body), version };
}

/** Gives an invitation another code; what was sent before opens nothing any more. */
export const renewLinks = (invitation: string): Promise<GuestAnswers> =>
  content(client.POST("/api/invitations/{id}/links", { params: at(invitation) }));

/** Says where guests reach this office; null for nowhere. */
export const setGuestPages = (address: string | null): Promise<GuestPages> =>
  content(client.PUT("/api/guest-pages", { body: { address } }));
