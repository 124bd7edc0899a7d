import { useSpeech } from "../../../locales";
import { Screen } from "../../../shared/Screen";
import styles from "../gates.module.css";
import { GateTabs } from "../GateTabs";
import { Capacities } from "./Capacities";
import { DoorForm } from "./DoorForm";
import { Pin } from "./Pin";

/** What holds at every door of the event. */
export function Door() {
  const { t } = useSpeech();
  return (
    <Screen title={t("place.gates")} tabs={<GateTabs section="door" />}>
      <div className={styles.scroll}>
        <div className={styles.page}>
          <section aria-label={t("gates.section.door")}>
            <DoorForm />
          </section>
          <Pin />
          <Capacities />
        </div>
      </div>
    </Screen>
  );
}
