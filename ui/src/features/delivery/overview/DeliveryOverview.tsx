import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEvent } from "../../../api";
import { askDelivery, exportMessages, holdMessages } from "../../../api/askDelivery";
import type { DeliveryOverview as Seen } from "../../../api/deliveryTypes";
import { useAllowed } from "../../../api/useAllowed";
import { formatShortMoment, useSpeech } from "../../../locales";
import { Bars } from "../../../shared/Bars";
import { Empty } from "../../../shared/Empty";
import { Refused, useSending } from "../../../shared/form";
import { Screen } from "../../../shared/Screen";
import { Trouble } from "../../../shared/Trouble";
import styles from "../delivery.module.css";
import { DeliveryTabs } from "../DeliveryTabs";
import { cameToNothing, countOf, KINDS, waits } from "../kinds";
import { NewMailingLink } from "../mailings/NewMailingLink";
import { Standing } from "../Standing";

function Way({ funnel }: { funnel: Seen["funnel"] }) {
  const { t } = useSpeech();
  const steps = ["invitations", "sent", "answered", "coming", "downloaded", "came_in"] as const;
  return (
    <section className={styles.block} aria-labelledby="way">
      <h2 id="way">{t("delivery.way")}</h2>
      <Bars
        bars={[
          ...steps.map((key) => ({
            key,
            label: t(`delivery.funnel.${key}`),
            count: funnel[key],
            ...(key === "came_in" && { tone: "good" as const }),
          })),
          { key: "bounced", label: t("delivery.funnel.bounced"), count: funnel.bounced, tone: "bad" as const },
        ]}
      />
    </section>
  );
}

const COLUMNS = ["waits", "sent", "delivered", "bounced", "failed"] as const;

function ByKind({ kinds }: { kinds: Seen["kinds"] }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const shown = KINDS.filter((kind) => kinds.some((one) => one.kind === kind));
  return (
    <section className={styles.block} aria-labelledby="by-kind">
      <h2 id="by-kind">{t("delivery.byKind")}</h2>
      <div className={styles.table}>
        <table aria-labelledby="by-kind">
          <thead>
            <tr>
              <th scope="col">{t("delivery.about")}</th>
              {COLUMNS.map((column) => (
                <th key={column} scope="col">
                  {t(`delivery.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {shown.map((kind) => {
              const counts = kinds.filter((one) => one.kind === kind);
              return (
                <tr key={kind}>
                  <th scope="row">
                    <Link
                      className="link"
                      to="/events/$event/delivery"
                      params={{ event: event.id }}
                      search={{ section: "messages", kind }}
                    >
                      {t(`messageKind.${kind}`)}
                    </Link>
                  </th>
                  {COLUMNS.map((column) => {
                    const n = countOf(counts, (status) => (column === "waits" ? waits(status) : status === column));
                    const isBad = n > 0 && column !== "waits" && cameToNothing(column);
                    return (
                      <td key={column} className={isBad ? styles.bad : ""}>
                        {count(n)}
                      </td>
                    );
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ByDomain({ domains }: { domains: Seen["domains"] }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const columns = ["sent", "delivered", "bounced", "failed"] as const;
  if (domains.length === 0) return null;
  return (
    <section className={`${styles.block} ${styles.wide}`} aria-labelledby="by-domain">
      <h2 id="by-domain">{t("delivery.byDomain")}</h2>
      <div className={styles.table}>
        <table aria-labelledby="by-domain">
          <thead>
            <tr>
              <th scope="col">{t("delivery.domain")}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(`delivery.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {domains.map((one) => (
              <tr key={one.domain}>
                <th scope="row">
                  <Link
                    className="link"
                    to="/events/$event/delivery"
                    params={{ event: event.id }}
                    search={{ section: "messages", domain: one.domain }}
                  >
                    <bdi dir="ltr">{one.domain}</bdi>
                  </Link>
                </th>
                {columns.map((column) => (
                  <td key={column} className={cameToNothing(column) && one[column] > 0 ? styles.bad : ""}>
                    {count(one[column])}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Tools({ seen }: { seen: Seen }) {
  const event = useEvent();
  const { t } = useSpeech();
  const allowed = useAllowed()("issue_tickets");
  const queries = useQueryClient();
  const sending = useSending();
  const hold = () =>
    sending.send(async () => {
      await holdMessages(event.id, true);
      await queries.invalidateQueries({ queryKey: ["event", event.id, "delivery"] });
    });
  return (
    <>
      <Refused error={sending.error} />
      <Button
        variant="default"
        {...allowed}
        onClick={() => void sending.send(() => exportMessages(event.id, `${event.title} – ${t("messages.title")}.csv`))}
      >
        {t("delivery.export")}
      </Button>
      {!seen.paused && (
        <Button variant="default" loading={sending.busy} {...allowed} onClick={() => void hold()}>
          {t("delivery.holdAll")}
        </Button>
      )}
    </>
  );
}

/** How far the event's messages are: from the invitation to the door, by kind and by domain. */
export function DeliveryOverview() {
  const event = useEvent();
  const { t, locale, count } = useSpeech();
  const read = useQuery(askDelivery.overview(event.id));
  const seen = read.data;
  const waiting = seen === undefined ? 0 : countOf(seen.kinds, waits);
  const none = seen !== undefined && seen.kinds.length === 0;
  return (
    <Screen
      title={t("place.delivery")}
      counts={
        seen !== undefined &&
        waiting > 0 && (
          <>
            <strong>{count(waiting)}</strong> {t("delivery.waiting", { count: waiting })}
            {seen.next_due !== null && seen.next_due > Date.now() && (
              <> · {t("delivery.next", { when: formatShortMoment(locale, event.time_zone, seen.next_due) })}</>
            )}
          </>
        )
      }
      tabs={<DeliveryTabs section="overview" />}
      tools={
        <>
          {seen !== undefined && !none && <Tools seen={seen} />}
          {!none && <NewMailingLink />}
        </>
      }
    >
      <div className={styles.body}>
        <Standing />
        {seen === undefined ? (
          read.isError && <Trouble error={read.error} retry={() => void read.refetch()} />
        ) : none ? (
          <Empty title={t("delivery.emptyTitle")} step={<NewMailingLink />}>
            {t("delivery.emptyText")}
          </Empty>
        ) : (
          <div className={styles.blocks}>
            <Way funnel={seen.funnel} />
            <ByKind kinds={seen.kinds} />
            <ByDomain domains={seen.domains} />
          </div>
        )}
      </div>
    </Screen>
  );
}
