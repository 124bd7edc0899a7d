import type { QueryClient } from "@tanstack/react-query";
import { client, content, type Ticket } from "../../../api";
import type { Span } from "./numbers";

/** Tickets that the office gives at a time; the API's most. */
const AT_ONCE = 500;

/** The tickets with these numbers, by number. */
export async function findNumbers(queries: QueryClient, event: string, spans: readonly Span[]): Promise<Ticket[]> {
  const found: Ticket[] = [];
  for (const { first, last } of spans) {
    let after = first - 1;
    while (after < last) {
      const query = { after: String(after), limit: Math.min(AT_ONCE, last - after) };
      const params = { path: { id: event }, query };
      const page = await queries.fetchQuery({
        queryKey: ["event", event, "tickets by number", after, query.limit],
        queryFn: () => content(client.GET("/api/events/{id}/tickets", { params })),
        staleTime: 0,
      });
      found.push(...page.items.filter(({ number }) => number <= last));
      const reached = page.items.at(-1)?.number;
      if (page.next === null || reached === undefined || reached <= after) break;
      after = reached;
    }
  }
  return found;
}
