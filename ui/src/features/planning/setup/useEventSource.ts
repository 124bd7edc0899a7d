import { useQueryClient } from "@tanstack/react-query";
import { useMemo } from "react";
import { client, type EventChange, type EventDetails, ifMatch, useEvent, versioned } from "../../../api";
import { offerLastEdit } from "../../../api/lastEdit";
import { useSpeech } from "../../../locales";
import type { Source } from "../../../shared/editing";

/** The event's own fields, as some part of the settings types them. */
export function useEventSource<F extends object>(
  take: (event: EventDetails) => F,
  give: (change: Partial<F>) => EventChange,
): Source<F> {
  const { id } = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  return useMemo(() => {
    const params = { path: { id } };
    return {
      async read() {
        const { body, version } = await versioned(client.GET("/api/events/{id}", { params }));
        return { body: take(body), version };
      },
      async write(change, version) {
        const headers = ifMatch(version);
        const body = give(change);
        const saved = await versioned(client.PUT("/api/events/{id}", { params, body, headers }));
        queries.setQueryData(["event", id], saved.body);
        return { body: take(saved.body), version: saved.version };
      },
      saved() {
        const again = () => void queries.invalidateQueries({ queryKey: ["edited"] });
        void queries.invalidateQueries({ queryKey: ["events"] });
        void offerLastEdit(id, "change event", t("setup.saved"), again);
      },
    };
  }, [id, t, queries, take, give]);
}
