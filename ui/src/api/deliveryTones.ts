import type { Tone } from "../shared/Status";
import type { BatchStatus, DeliveryStatus } from "./rowTypes";

export const DELIVERY_TONE: Record<DeliveryStatus, Tone> = {
  pending: "wait",
  pending_retry: "wait",
  sent: "good",
  delivered: "came",
  bounced: "bad",
  failed: "bad",
};

export const BATCH_TONE: Record<BatchStatus, Tone> = {
  draft: "quiet",
  rendering: "wait",
  ready: "good",
  sending: "wait",
  completed: "came",
  cancelled: "bad",
};
