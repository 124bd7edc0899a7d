import type { InvitationStatus, TicketStatus, VerdictCode } from "./types";
import type { Tone } from "../shared/Status";

export const TICKET_TONE: Record<TicketStatus, Tone> = {
  active: "good",
  voided: "bad",
  blocked: "wait",
  unpaid: "wait",
  unapproved: "wait",
  transferred: "quiet",
};

export const INVITATION_TONE: Record<InvitationStatus, Tone> = {
  pending: "quiet",
  accepted: "good",
  declined: "bad",
  partial: "wait",
  attended: "came",
};

const WELCOMES: readonly VerdictCode[] = ["admitted", "forced", "exited"];

/** Whether a gate let somebody through with this code. */
export const isWelcome = (code: VerdictCode): boolean => WELCOMES.includes(code);
