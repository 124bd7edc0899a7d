import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEvent, useMay } from "../../api";
import { askGates } from "../../api/gates";
import { MANAGE_GATES } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { Status } from "../../shared/Status";
import styles from "./Overview.module.css";

/** That something at the gates waits for somebody, in one line; nothing while nothing does. */
export function GateAlerts() {
  const { id } = useEvent();
  const { t } = useSpeech();
  const may = useMay();
  const alerts = useQuery({ ...askGates.alerts(id), enabled: may(MANAGE_GATES) });
  const open = alerts.data?.filter(({ resolved_at }) => resolved_at === null) ?? [];
  if (open.length === 0) return null;
  return (
    <p className={styles.ready}>
      <Status tone="wait">{t("gates.alerts.open", { count: open.length })}</Status>{" "}
      <Link className="link" to="/events/$event/gates" params={{ event: id }} search={{ section: "live" }}>
        {t("gates.alerts.look")}
      </Link>
    </p>
  );
}
