import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { client, content, type EventDraft, type EventPreview } from "../../../api";

const PAUSE_MS = 250;

/** The dates that a schedule gives, asked of the API when the typing pauses. */
export function usePreview(time_zone: string, schedule: EventDraft["schedule"]) {
  // The dates alone: what else the draft still lacks is told at its own step.
  const [draft] = useDebouncedValue(JSON.stringify({ title: "…".repeat(3), time_zone, schedule }), PAUSE_MS);
  return useQuery<EventPreview>({
    queryKey: ["dates", draft],
    queryFn: ({ signal }) =>
      content(client.POST("/api/events/preview", { body: JSON.parse(draft) as EventDraft, signal })),
    placeholderData: keepPreviousData,
    staleTime: 60_000,
    gcTime: 60_000,
  });
}
