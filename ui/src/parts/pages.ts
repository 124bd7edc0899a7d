import type { InfiniteData, UseInfiniteQueryResult } from "@tanstack/react-query";
import { useCallback, useMemo } from "react";
import type { Page } from "../api/types";

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
  return { rows, complete: !hasNextPage, more: hasNextPage ? more : undefined };
}
