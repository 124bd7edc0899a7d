import type { Mailing } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import styles from "../delivery.module.css";
import { countOf, waits } from "../kinds";

/** How many of a mailing's messages wait no more. */
export function Progress({ mailing }: { mailing: Mailing }) {
  const { t, count } = useSpeech();
  const all = countOf(mailing.counts, () => true);
  const left = all - countOf(mailing.counts, waits);
  if (all === 0) return <span className="quiet">{mailing.status === "scheduled" ? t("mailing.notYet") : count(0)}</span>;
  return (
    <span className={styles.progress}>
      <span className={styles.track} aria-hidden="true">
        <span style={{ width: `${(left / all) * 100}%` }} />
      </span>
      <span>{t("mailing.of", { n: count(left), all: count(all) })}</span>
    </span>
  );
}
