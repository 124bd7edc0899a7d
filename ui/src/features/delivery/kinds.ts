import type { AudienceGroup, MessageKind } from "../../api/deliveryTypes";
import type { DeliveryStatus } from "../../api/rowTypes";

/** What messages are about, in the order in which guests meet them. */
export const KINDS = [
  "save_the_date",
  "invitation",
  "ticket",
  "reminder",
  "confirm",
  "change",
  "cancelled",
  "announcement",
  "thanks",
  "rating",
  "review",
] as const satisfies readonly MessageKind[];

/** How far messages can be, from the outbox on. */
export const STATUSES = [
  "pending",
  "pending_retry",
  "sent",
  "delivered",
  "bounced",
  "failed",
] as const satisfies readonly DeliveryStatus[];

/** Whom of the invited a mailing can mean. */
export const GROUPS = [
  "all",
  "not_sent",
  "bounced",
  "not_answered",
  "not_downloaded",
  "coming",
  "not_coming",
  "came_in",
] as const satisfies readonly AudienceGroup[];

/** Whether it is still to be sent. */
export const waits = (status: DeliveryStatus): boolean => status === "pending" || status === "pending_retry";

/** Whether it came to nothing. */
export const cameToNothing = (status: DeliveryStatus): boolean => status === "bounced" || status === "failed";

/** How many of these messages stand so. */
export const countOf = (
  counts: readonly { status: DeliveryStatus; count: number }[],
  fits: (status: DeliveryStatus) => boolean,
): number => counts.reduce((sum, { status, count }) => (fits(status) ? sum + count : sum), 0);
