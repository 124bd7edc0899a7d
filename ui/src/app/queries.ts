import { QueryClient } from "@tanstack/react-query";
import { Problem } from "../shared/problem";

/** What has been asked of the API, and how often it is asked again. */
export function makeQueries(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      // The office stands on this machine or beside it: whether there is an internet says nothing.
      mutations: { networkMode: "always" },
      queries: {
        networkMode: "always",
        // What the API refuses once it refuses again; only silence is worth another try.
        retry: (tries, error) => tries < 2 && error instanceof Problem && error.status === 0,
        staleTime: 2_000,
      },
    },
  });
}
