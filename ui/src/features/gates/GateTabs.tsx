import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEvent, useMay } from "../../api";
import { askGates } from "../../api/gates";
import { MANAGE_GATES } from "../../api/useAllowed";
import { useSpeech } from "../../locales";
import { Tabs } from "../../shared/Tabs";
import styles from "./gates.module.css";
import { countOpen } from "./mesh/words";
import { type Section, useSections } from "./sections";

function Badge({ n, words }: { n: number; words: string }) {
  const { count } = useSpeech();
  if (n === 0) return null;
  return (
    <>
      {" "}
      <span className={styles.badge} role="img" aria-label={words} title={words}>
        {count(n)}
      </span>
    </>
  );
}

/** The parts of the event's gates, and how much waits for somebody in them. */
export function GateTabs({ section }: { section: Section }) {
  const { id } = useEvent();
  const { t } = useSpeech();
  const sections = useSections();
  const may = useMay();
  const enabled = may(MANAGE_GATES);
  const alerts = useQuery({ ...askGates.alerts(id), enabled });
  const mesh = useQuery({ ...askGates.mesh(id), enabled });
  const open = alerts.data?.filter(({ resolved_at }) => resolved_at === null).length ?? 0;
  const doubles = countOpen(mesh.data?.doubles ?? []);
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
          {known === "live" && <Badge n={open} words={t("gates.alerts.open", { count: open })} />}
          {known === "mesh" && <Badge n={doubles} words={t("gates.mesh.doubles.open", { count: doubles })} />}
        </Link>
      ))}
    </Tabs>
  );
}
