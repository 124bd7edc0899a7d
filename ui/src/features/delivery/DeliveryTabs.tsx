import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEvent } from "../../api";
import { askDelivery } from "../../api/askDelivery";
import { useSpeech } from "../../locales";
import { Tabs } from "../../shared/Tabs";
import styles from "./delivery.module.css";
import { isUntold } from "./news/untold";
import { type Section, SECTIONS } from "./sections";

/** The parts of the event's messages, and how much news waits to be told. */
export function DeliveryTabs({ section }: { section: Section }) {
  const { id } = useEvent();
  const { t, count } = useSpeech();
  const notices = useQuery(askDelivery.notices(id));
  const untold = notices.data?.filter(isUntold).length ?? 0;
  const words = t("news.untold", { count: untold });
  return (
    <Tabs label={t("place.delivery")}>
      {SECTIONS.map((known) => (
        <Link
          key={known}
          to="/events/$event/delivery"
          params={{ event: id }}
          search={{ section: known }}
          activeProps={{}}
          aria-current={known === section ? "page" : undefined}
        >
          {t(`delivery.section.${known}`)}
          {known === "news" && untold > 0 && (
            <>
              {" "}
              <span className={styles.badge} role="img" aria-label={words} title={words}>
                {count(untold)}
              </span>
            </>
          )}
        </Link>
      ))}
    </Tabs>
  );
}
