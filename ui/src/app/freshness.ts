import { type InfiniteData, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";
import type { EventDetails } from "../api";

/** Longer lists are read anew only when asked for, since that fetches every page again. */
const PAGES_READ_ANEW = 10;

/** Reads the open lists anew when the event's numbers have moved. */
export function useFreshLists(event: EventDetails | undefined): void {
  const queries = useQueryClient();
  const seen = useRef<string | null>(null);
  useEffect(() => {
    if (event === undefined) return;
    const numbers = JSON.stringify([event.id, event.progress]);
    const before = seen.current;
    seen.current = numbers;
    if (before === null || before === numbers) return;
    void queries.invalidateQueries({
      predicate: ({ queryKey, state }) => {
        if (queryKey[0] !== "event" || queryKey[1] !== event.id || queryKey.length < 3) return false;
        const pages = (state.data as InfiniteData<unknown> | undefined)?.pages;
        return !Array.isArray(pages) || pages.length <= PAGES_READ_ANEW;
      },
    });
  }, [event, queries]);
}
