import type { Tone } from "../../shared/Status";

/** What the API calls how far an official invitation is. */
export const STATUSES = ["pending", "sent", "delivered", "failed", "cancelled"] as const;

export type OfficialStatus = (typeof STATUSES)[number];

export const TONES: Record<OfficialStatus, Tone> = {
  pending: "wait",
  sent: "good",
  delivered: "came",
  failed: "bad",
  cancelled: "bad",
};

export const statusOf = (word: string): OfficialStatus =>
  STATUSES.find((known) => known === word) ?? "pending";
