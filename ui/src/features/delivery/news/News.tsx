import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvent } from "../../../api";
import { askDelivery, tellNotice } from "../../../api/askDelivery";
import type { Notice } from "../../../api/deliveryTypes";
import { useAllowed } from "../../../api/useAllowed";
import { formatMoment, formatShortMoment, useSpeech } from "../../../locales";
import { Empty } from "../../../shared/Empty";
import { ConfirmDialog } from "../../../shared/form";
import { Screen } from "../../../shared/Screen";
import { Status } from "../../../shared/Status";
import { Trouble } from "../../../shared/Trouble";
import styles from "../delivery.module.css";
import { DeliveryTabs } from "../DeliveryTabs";
import { Standing } from "../Standing";
import own from "./news.module.css";
import { isUntold, toldBy } from "./untold";

function NewsLine({ notice, tell }: { notice: Notice; tell(): void }) {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const allowed = useAllowed()("issue_tickets");
  const session = event.sessions.find(({ id }) => id === notice.session);
  const by = toldBy(notice, event.settings.tell_changes ?? true);
  const untold = isUntold(notice);
  const date = session && formatMoment(locale, event.time_zone, session.starts_at);
  return (
    <li className={own.line}>
      <div className={own.what}>
        <h2>{t(`notice.${notice.kind}`)}</h2>
        {session !== undefined && (
          <p>
            {session.title !== null && <bdi>{session.title} </bdi>}
            <span className="quiet">{date}</span>
          </p>
        )}
        {notice.reason !== "" && <p dir="auto">{notice.reason}</p>}
        <p className="quiet small">
          {t("news.changed", { when: formatMoment(locale, event.time_zone, notice.at) })} ·{" "}
          {t("news.concerned", { count: notice.tickets })}
          {notice.invited > 0 && <> · {t("news.invited", { count: notice.invited })}</>}
        </p>
      </div>
      <div className={own.next}>
        {notice.told_at !== null ? (
          <Status tone="came">
            {t("news.told", { when: formatShortMoment(locale, event.time_zone, notice.told_at) })}
          </Status>
        ) : untold ? (
          <>
            <Status tone="wait">
              {by === null
                ? t("news.notByItself")
                : by <= Date.now()
                  ? t("news.soon")
                  : t("news.byItself", { when: formatShortMoment(locale, event.time_zone, by) })}
            </Status>
            <Button size="compact-sm" {...allowed} onClick={tell}>
              {t("news.tell")}
            </Button>
          </>
        ) : (
          <Status tone="quiet">{t("news.nobody")}</Status>
        )}
      </div>
    </li>
  );
}

/** What changed, whom it concerns, and whether they know. */
export function News() {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const read = useQuery({ ...askDelivery.notices(event.id), refetchInterval: 30_000 });
  const [telling, setTelling] = useState<Notice | null>(null);
  const notices = read.data?.toSorted((a, b) => b.at - a.at) ?? [];
  const tell = async (notice: Notice) => {
    await tellNotice(notice.id);
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
    notifications.show({ message: t("news.done") });
  };
  return (
    <Screen
      title={t("place.delivery")}
      tabs={<DeliveryTabs section="news" />}
      tools={
        <Link className="link" to="/events/$event/setup" params={{ event: event.id }} search={{ section: "messages" }}>
          {t("news.settings")}
        </Link>
      }
    >
      <div className={styles.body}>
        <Standing />
        {read.isError && notices.length === 0 ? (
          <Trouble error={read.error} retry={() => void read.refetch()} />
        ) : read.isSuccess && notices.length === 0 ? (
          <Empty title={t("news.emptyTitle")}>{t("news.emptyText")}</Empty>
        ) : (
          <>
            <p className={`quiet ${own.text}`}>{t(event.settings.tell_changes ? "news.text" : "news.textOff")}</p>
            <ul className={own.lines} aria-label={t("delivery.section.news")}>
              {notices.map((notice) => (
                <NewsLine key={notice.id} notice={notice} tell={() => setTelling(notice)} />
              ))}
            </ul>
          </>
        )}
      </div>
      {telling !== null && (
        <ConfirmDialog
          title={t("news.tell")}
          text={
            telling.tickets > 0
              ? t("news.tellText", { count: telling.tickets })
              : t("news.tellInvited", { count: telling.invited })
          }
          submit={t("news.tell")}
          act={() => tell(telling)}
          close={() => setTelling(null)}
        />
      )}
    </Screen>
  );
}
