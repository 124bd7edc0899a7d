import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Outlet, useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { ask, EventContext, listen } from "../api";
import { useSpeech } from "../locales";
import { remember } from "../platform";
import { Empty } from "../shared/Empty";
import { isProblem } from "../shared/problem";
import { Page } from "../shared/Screen";
import { Trouble } from "../shared/Trouble";
import { HandedOver } from "./HandedOver";
import styles from "./HandedOver.module.css";
import { Waiting } from "./Waiting";

/** The event that is open: its screens, or why there are none. */
export function EventRoom() {
  const { event = "" } = useParams({ strict: false });
  const { t } = useSpeech();
  const details = useQuery(ask.event(event));
  const queries = useQueryClient();
  const id = details.data?.id;
  useEffect(() => {
    if (id !== undefined) remember("event", id);
  }, [id]);
  useEffect(() => (id === undefined ? undefined : listen(queries, id)), [queries, id]);

  if (details.data !== undefined) {
    const { handed_over_at } = details.data;
    return (
      <EventContext value={details.data}>
        <div className={styles.room}>
          {handed_over_at !== null && <HandedOver event={details.data} at={handed_over_at} />}
          <div className={styles.screen}>
            <Outlet />
          </div>
        </div>
      </EventContext>
    );
  }
  if (!details.isError) return <Waiting />;
  return (
    <Page>
      {isProblem(details.error, "event_unknown") ? (
        <Empty title={t("events.unknownTitle")}>{t("events.unknownText")}</Empty>
      ) : (
        <Trouble error={details.error} retry={() => void details.refetch()} />
      )}
    </Page>
  );
}
