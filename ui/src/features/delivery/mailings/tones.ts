import type { MailingStatus } from "../../../api/deliveryTypes";
import type { Tone } from "../../../shared/Status";

export const MAILING_TONE: Record<MailingStatus, Tone> = {
  scheduled: "quiet",
  sending: "wait",
  paused: "wait",
  completed: "came",
  cancelled: "bad",
};
