import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, client, content, type EventDetails, useMay } from "../api";
import { formatMoment, useSpeech } from "../locales";
import { ConfirmDialog } from "../shared/form";
import styles from "./HandedOver.module.css";

/** Says on every page of an event that another machine has it, and takes it back. */
export function HandedOver({ event, at }: { event: EventDetails; at: number }) {
  const { t, locale } = useSpeech();
  const may = useMay();
  const queries = useQueryClient();
  const [asking, setAsking] = useState(false);
  const takeBack = async () => {
    const params = { path: { id: event.id } };
    const back = await content(client.POST("/api/events/{id}/take-back", { params }));
    queries.setQueryData(ask.event(event.id).queryKey, back);
    notifications.show({ message: t("handOver.takenBack", { title: event.title }) });
    void queries.invalidateQueries({ queryKey: ["event", event.id] });
    void queries.invalidateQueries({ queryKey: ["events"] });
    void queries.invalidateQueries({ queryKey: ["edited"] });
  };
  return (
    <div className={styles.banner} role="region" aria-label={t("handOver.status")}>
      <p>{t("handOver.banner", { when: formatMoment(locale, event.time_zone, at) })}</p>
      <Button
        size="compact-sm"
        variant="default"
        {...(may("manage_workspace") ? {} : { disabled: true, title: t("allowed.not") })}
        onClick={() => setAsking(true)}
      >
        {t("handOver.takeBack")}
      </Button>
      {asking && (
        <ConfirmDialog
          title={t("handOver.takeBack")}
          text={t("handOver.takeBackText", { title: event.title })}
          submit={t("handOver.takeBack")}
          act={takeBack}
          close={() => setAsking(false)}
        />
      )}
    </div>
  );
}
