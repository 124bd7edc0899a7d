import type { Page } from "../shared/pages";
import type { ProblemBody } from "../shared/problem";
import type {
  Edit,
  EventDetails,
  EventSummary,
  Guest,
  Health,
  Invitation,
  Me,
  Ticket,
} from "./types";

interface Refused {
  content: { "application/problem+json": ProblemBody };
}

/** A question without a body. */
interface Get<Answer, Path = never, Query = never> {
  get: {
    parameters: ([Path] extends [never] ? unknown : { path: Path }) &
      ([Query] extends [never] ? unknown : { query?: Query });
    responses: { 200: { content: { "application/json": Answer } }; default: Refused };
  };
}

interface OfEvent {
  event: string;
}

/** Where a page begins and how long it is. */
interface Slice {
  after?: string;
  limit?: number;
}

/** The routes that are asked, in the form that a generated contract has. */
export interface paths {
  "/api/health": Get<Health>;
  "/api/auth/me": Get<Me>;
  "/api/events": Get<{ items: EventSummary[] }>;
  "/api/events/{event}": Get<EventDetails, OfEvent>;
  "/api/events/{event}/guests": Get<Page<Guest>, OfEvent, Slice & { q?: string }>;
  "/api/events/{event}/invitations": Get<Page<Invitation>, OfEvent, Slice>;
  "/api/events/{event}/tickets": Get<Page<Ticket>, OfEvent, Slice>;
  "/api/events/{event}/audit": Get<{ items: Edit[] }, OfEvent, Slice>;
}
