import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";

/** One page of a list; `next` is where the next one begins, null after the last. */
export interface Page<T> {
  items: T[];
  next: string | null;
}

export interface Rows<T> {
  rows: readonly T[];
  /** Whether the last page is here. */
  complete: boolean;
  more: (() => void) | undefined;
}

/** The pages fetched so far as one list of rows. */
export function useRows<T>(result: UseInfiniteQueryResult<InfiniteData<Page<T>>>): Rows<T> {
  const { data, hasNextPage, isFetching, fetchNextPage } = result;
  const rows = useMemo(() => data?.pages.flatMap((page) => page.items) ?? [], [data]);
  const more = useCallback(() => {
    if (hasNextPage && !isFetching) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage]);
  return { rows, complete: data !== undefined && !hasNextPage, more: hasNextPage ? more : undefined };
}
