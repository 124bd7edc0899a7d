import { queryOptions } from "@tanstack/react-query";
import { client, content } from "./client";

/** What the list of official invitations is narrowed by; times are UTC ms. */
export interface OfficialFilter {
  search?: string;
  event_id?: string;
  status?: string;
  from?: number;
  until?: number;
}

/** Official invitations a page. */
export const OFFICIAL_PAGE = 50;

/** What is asked of the workspace: its accounts, official invitations and history. */
export const askOffice = {
  users: () =>
    queryOptions({
      queryKey: ["users"],
      queryFn: async ({ signal }) => (await content(client.GET("/api/users", { signal }))).items,
    }),

  history: () =>
    queryOptions({
      queryKey: ["workspace history"],
      queryFn: async ({ signal }) =>
        (await content(client.GET("/api/audit", { params: { query: { limit: 500 } }, signal }))).items,
    }),

  keys: (event: string) =>
    queryOptions({
      queryKey: ["event", event, "keys"],
      queryFn: async ({ signal }) => {
        const params = { path: { id: event } };
        return (await content(client.GET("/api/events/{id}/keys", { params, signal }))).items;
      },
    }),

  officials: (filter: OfficialFilter, page: number) =>
    queryOptions({
      queryKey: ["official", filter, page],
      queryFn: ({ signal }) => {
        const query = { ...filter, limit: OFFICIAL_PAGE, offset: page * OFFICIAL_PAGE };
        return content(client.GET("/api/admin/official-invitations", { params: { query }, signal }));
      },
    }),

  official: (id: string) =>
    queryOptions({
      queryKey: ["official", id],
      queryFn: async ({ signal }) => {
        const params = { path: { id } };
        const path = "/api/admin/official-invitations/{id}";
        return (await content(client.GET(path, { params, signal }))).order;
      },
    }),
};
