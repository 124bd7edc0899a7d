import type { EventSummary } from "../../api";
import type { Tone } from "../../shared/Status";

export const TONES: Record<EventSummary["status"], Tone> = {
  draft: "quiet",
  published: "good",
  cancelled: "bad",
  completed: "came",
};
