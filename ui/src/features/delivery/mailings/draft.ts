import type { Audience, AudienceGroup, MailingDraft, MessageKind, Reach } from "../../../api/deliveryTypes";
import { momentOf } from "../../../shared/dates/localTime";

/** A mailing as it is typed. */
export interface TypedMailing {
  kind: MessageKind;
  group: AudienceGroup;
  /** Ids; null for any. */
  type: string | null;
  session: string | null;
  batch: string | null;
  /** Those alone that were chosen elsewhere; all where it is empty. */
  invitations: readonly string[];
  words: string;
  /** Whether guests need it to come; of an announcement alone. */
  needed: boolean;
  /** Sent at once, or at the day and time in the event's zone. */
  later: boolean;
  day: string | null;
  time: string;
}

/** Whom a kind of message is meant for when nobody said otherwise. */
export function usualGroup(kind: MessageKind): AudienceGroup {
  if (kind === "save_the_date" || kind === "invitation" || kind === "ticket") return "not_sent";
  if (kind === "reminder" || kind === "confirm") return "coming";
  return kind === "thanks" || kind === "rating" || kind === "review" ? "came_in" : "all";
}

/** Kinds that hold the organizer's own words and say little without. */
export const needsWords = (kind: MessageKind): boolean => kind === "announcement";

type TypedAudience = Pick<TypedMailing, "group" | "type" | "session" | "batch" | "invitations">;

export const audienceOf = ({ group, type, session, batch, invitations }: TypedAudience): Audience => ({
  group,
  ticket_type: type,
  session,
  batch,
  invitations: [...invitations],
});

/** Whether it is told as needed: an announcement that was said to be. */
export const isNeeded = ({ kind, needed }: Pick<TypedMailing, "kind" | "needed">): boolean =>
  kind === "announcement" && needed;

/** When it is to leave, UTC ms: null for at once, undefined while no time was given. */
export function dueOf({ later, day, time }: Pick<TypedMailing, "later" | "day" | "time">, zone: string) {
  if (!later) return null;
  return day === null || time === "" ? undefined : momentOf(zone, { day, time: time.slice(0, 5) });
}

/** The mailing to be made; undefined while something is missing. */
export function draftOf(typed: TypedMailing, zone: string): MailingDraft | undefined {
  const due_at = dueOf(typed, zone);
  if (due_at === undefined || (needsWords(typed.kind) && typed.words.trim() === "")) return undefined;
  const message = typed.words.trim();
  return { kind: typed.kind, audience: audienceOf(typed), message, needed: isNeeded(typed), due_at };
}

/** How many messages would leave. */
export const messagesOf = ({ email, text }: Pick<Reach, "email" | "text">): number => email + text;
