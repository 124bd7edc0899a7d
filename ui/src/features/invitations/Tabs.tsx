import { Link } from "@tanstack/react-router";
import { useEvent } from "../../api";
import { useSpeech } from "../../locales";
import styles from "./Invitations.module.css";

/** The two ways to look at invitations: one by one, and by the run that made them. */
export function Tabs() {
  const { id } = useEvent();
  const { t } = useSpeech();
  const params = { event: id };
  return (
    <nav className={styles.tabs} aria-label={t("place.invitations")}>
      <Link to="/events/$event/invitations" params={params}>
        {t("invitations.oneByOne")}
      </Link>
      <Link to="/events/$event/batches" params={params}>
        {t("batches.title")}
      </Link>
    </nav>
  );
}
