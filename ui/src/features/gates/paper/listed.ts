import type { TFunction } from "i18next";
import type { Ticket, TicketStatus } from "../../../api";
import type { Decided, Found } from "../../../api/gates";
import type { Tone } from "../../../shared/Status";

/** A ticket that was ticked off on paper. */
export interface Listed {
  id: string;
  number: number;
  name: string;
  ticket_type: string | null;
  seat: string | null;
  status: TicketStatus;
  /** Whether its holder came in already, as far as the office knows. */
  came: boolean;
  /** What the door decided; null before it was asked. */
  decided: Decided | null;
}

export const ofTicket = (ticket: Ticket): Listed => ({
  id: ticket.id,
  number: ticket.number,
  name: ticket.name,
  ticket_type: ticket.ticket_type,
  seat: ticket.seat,
  status: ticket.status,
  came: ticket.life_line.checked_in !== null,
  decided: null,
});

export const ofFound = (found: Found): Listed => ({
  id: found.ticket,
  number: found.number,
  name: found.name,
  ticket_type: found.ticket_type,
  seat: found.seat,
  status: found.status,
  came: found.inside,
  decided: null,
});

/** Adds tickets that are not on the list yet; the order is that in which they were ticked. */
export function added(list: readonly Listed[], more: readonly Listed[]): Listed[] {
  const known = new Set(list.map(({ id }) => id));
  const fresh = more.filter(({ id }, at) => !known.has(id) && more.findIndex((one) => one.id === id) === at);
  return [...list, ...fresh];
}

/** Whether the door will probably let its holder in; it has the last word. */
export const isExpected = ({ status, came, decided }: Listed): boolean =>
  decided === null && status === "active" && !came;

/** The list with what the door decided. */
export function withDecisions(list: readonly Listed[], decisions: readonly Decided[]): Listed[] {
  const by = new Map(decisions.map((decided) => [decided.ticket, decided]));
  return list.map((one) => {
    const decided = by.get(one.id);
    return decided === undefined ? one : { ...one, decided };
  });
}

/** What was decided of a ticket, or what will happen to it, with its tone. */
export function outcomeOf({ status, came, decided }: Listed, t: TFunction): { tone: Tone; words: string } {
  if (decided !== null) {
    const welcome = decided.verdict === "admitted";
    return {
      tone: welcome ? "came" : "bad",
      words: t(`verdict.${decided.code}`, { defaultValue: decided.message }),
    };
  }
  if (came) return { tone: "wait", words: t("gates.paper.cameAlready") };
  if (status === "active") return { tone: "quiet", words: t("gates.paper.willEnter") };
  return {
    tone: "bad",
    words: t("gates.paper.willNot", { why: t(`ticketStatus.${status}`, { defaultValue: status }) }),
  };
}
