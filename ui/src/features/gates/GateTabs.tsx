import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEvent, useMay } from "../../api";
import { askGates } from "../../api/gates";
import { MANAGE_GATES } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { Tabs } from "../../shared/Tabs";
import styles from "./gates.module.css";
import { type Section, useSections } from "./sections";

/** The parts of the event's gates, and how many alerts wait. */
export function GateTabs({ section }: { section: Section }) {
  const { id } = useEvent();
  const { t, count } = useSpeech();
  const sections = useSections();
  const may = useMay();
  const alerts = useQuery({ ...askGates.alerts(id), enabled: may(MANAGE_GATES) });
  const open = alerts.data?.filter(({ resolved_at }) => resolved_at === null).length ?? 0;
  return (
    <Tabs label={t("place.gates")}>
      {sections.map((known) => (
        <Link
          key={known}
          to="/events/$event/gates"
          params={{ event: id }}
          search={{ section: known }}
          activeProps={{}}
          aria-current={known === section ? "page" : undefined}
        >
          {t(`gates.section.${known}`)}
          {known === "live" && open > 0 && (
            <>
              {" "}
              <span
                className={styles.badge}
                role="img"
                aria-label={t("gates.alerts.open", { count: open })}
                title={t("gates.alerts.open", { count: open })}
              >
                {count(open)}
              </span>
            </>
          )}
        </Link>
      ))}
    </Tabs>
  );
}
