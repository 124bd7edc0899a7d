import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useSyncExternalStore } from "react";
import { reach, refreshAll } from "../api";
import { useSpeech } from "../locales";
import styles from "./Frame.module.css";

/** Says that the office does not answer, for as long as it doesn't; once it does, all is asked anew. */
export function Away() {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const away = useSyncExternalStore(reach.subscribe, reach.away);
  useEffect(
    () =>
      reach.onFound(() => {
        refreshAll(queries);
        notifications.show({ message: t("away.back") });
      }),
    [queries, t],
  );
  // Always there, so that a screen reader hears what comes into it.
  return (
    <div role="status">
      {away && (
        <p className={styles.notThere}>
          <strong>{t("away.title")}</strong> {t("away.text")}
        </p>
      )}
    </div>
  );
}
