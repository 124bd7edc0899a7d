import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEvent } from "../../../api";
import { askDelivery, exportMessages, holdMessages } from "../../../api/askDelivery";
import type { DeliveryOverview as Seen, MessageKind } from "../../../api/deliveryTypes";
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

type Column = (typeof COLUMNS)[number];

interface Row {
  key: string;
  name: ReactNode;
  /** What the list of messages is narrowed to. */
  search: { kind: MessageKind } | { domain: string };
  count(column: Column): number;
}

/** Counts in rows, each of which leads to its messages. */
function Counts({
  id,
  title,
  head,
  columns,
  rows,
  className = "",
}: {
  id: string;
  title: string;
  /** What the rows are. */
  head: string;
  columns: readonly Column[];
  rows: readonly Row[];
  className?: string | undefined;
}) {
  const event = useEvent();
  const { t, count } = useSpeech();
  return (
    <section className={`${styles.block} ${className}`} aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <div className={styles.table}>
        <table aria-labelledby={id}>
          <thead>
            <tr>
              <th scope="col">{head}</th>
              {columns.map((column) => (
                <th key={column} scope="col">
                  {t(`delivery.column.${column}`)}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.key}>
                <th scope="row">
                  <Link
                    className="link"
                    to="/events/$event/delivery"
                    params={{ event: event.id }}
                    search={{ section: "messages", ...row.search }}
                  >
                    {row.name}
                  </Link>
                </th>
                {columns.map((column) => {
                  const n = row.count(column);
                  const isBad = n > 0 && column !== "waits" && cameToNothing(column);
                  return (
                    <td key={column} className={isBad ? styles.bad : ""}>
                      {count(n)}
                    </td>
                  );
                })}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function ByKind({ kinds }: { kinds: Seen["kinds"] }) {
  const { t } = useSpeech();
  const shown = KINDS.filter((kind) => kinds.some((one) => one.kind === kind));
  const rows = shown.map((kind): Row => {
    const counts = kinds.filter((one) => one.kind === kind);
    return {
      key: kind,
      name: t(`messageKind.${kind}`),
      search: { kind },
      count: (column) => countOf(counts, (status) => (column === "waits" ? waits(status) : status === column)),
    };
  });
  return <Counts id="by-kind" title={t("delivery.byKind")} head={t("delivery.about")} columns={COLUMNS} rows={rows} />;
}

function ByDomain({ domains }: { domains: Seen["domains"] }) {
  const { t } = useSpeech();
  if (domains.length === 0) return null;
  const rows = domains.map((one): Row => ({
    key: one.domain,
    name: <bdi dir="ltr">{one.domain}</bdi>,
    search: { domain: one.domain },
    count: (column) => (column === "waits" ? 0 : one[column]),
  }));
  return (
    <Counts
      id="by-domain"
      title={t("delivery.byDomain")}
      head={t("delivery.domain")}
      columns={COLUMNS.filter((column) => column !== "waits")}
      rows={rows}
      className={styles.wide}
    />
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
