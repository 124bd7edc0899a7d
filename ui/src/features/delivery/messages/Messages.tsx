import { Button } from "@mantine/core";
import { useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef } from "react";
import { useEvent } from "../../../api";
import { askDelivery } from "../../../api/askDelivery";
import type { MessageRow } from "../../../api/deliveryTypes";
import { useMessageWords } from "../../../api/useMessageWords";
import { formatShortMoment, useSpeech } from "../../../locales";
import { Empty } from "../../../shared/Empty";
import { FilterChip } from "../../../shared/FilterChip";
import { useRows } from "../../../shared/pages";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { SearchField } from "../../../shared/SearchField";
import { Status } from "../../../shared/Status";
import { type Column, ColumnChooser, RowList, useList } from "../../../shared/table";
import { Trouble } from "../../../shared/Trouble";
import styles from "../delivery.module.css";
import { DeliveryTabs } from "../DeliveryTabs";
import { KINDS, STATUSES } from "../kinds";
import { NewMailingLink } from "../mailings/NewMailingLink";
import { useMailingWords } from "../mailings/useMailingWords";
import { Standing } from "../Standing";
import { MessagePane } from "./MessagePane";

function useColumns(): Column<MessageRow>[] {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const words = useMessageWords();
  return useMemo(
    () => [
      {
        key: "number",
        title: t("invitations.number"),
        track: "minmax(96px, 0.7fr)",
        narrow: "76px",
        spare: true,
        show: (row) => <span className="clip">{row.number}</span>,
      },
      {
        key: "label",
        title: t("invitations.label"),
        track: "minmax(150px, 1.6fr)",
        fixed: true,
        show: (row) => <span className="clip strong">{row.label}</span>,
      },
      {
        key: "about",
        title: t("delivery.about"),
        track: "minmax(110px, 1.1fr)",
        show: (row) => <span className="clip">{words.about(row)}</span>,
      },
      {
        key: "to",
        title: t("delivery.to"),
        track: "minmax(140px, 1.6fr)",
        show: (row) => (
          <bdi className="clip" dir="ltr">
            {row.recipient}
          </bdi>
        ),
      },
      {
        key: "at",
        title: t("delivery.when"),
        track: "minmax(112px, 0.9fr)",
        spare: true,
        show: (row) => <time className="clip">{formatShortMoment(locale, time_zone, words.moment(row))}</time>,
      },
      {
        key: "status",
        title: t("tickets.status"),
        track: "minmax(150px, 1.1fr)",
        narrow: "minmax(0, 112px)",
        show: (row) => <Status tone={words.tone(row)}>{words.status(row)}</Status>,
      },
    ],
    [t, locale, time_zone, words],
  );
}

const idOf = (row: MessageRow) => row.id;

/** Reads the list anew as messages get on, as long as that is little to read. */
function useFreshList(event: string) {
  const queries = useQueryClient();
  const overview = useQuery(askDelivery.overview(event));
  const standing = JSON.stringify(overview.data?.kinds);
  const before = useRef(standing);
  useEffect(() => {
    if (before.current === standing) return;
    before.current = standing;
    void queries.invalidateQueries({
      queryKey: ["event", event, "deliveries"],
      predicate: ({ state }) => ((state.data as { pages?: unknown[] } | undefined)?.pages?.length ?? 0) <= 2,
    });
  }, [queries, event, standing]);
}

/** Every message of the event, newest first. */
export function Messages() {
  const event = useEvent();
  const { t } = useSpeech();
  const { text, open, view, settle } = usePlace();
  const status = STATUSES.find((known) => known === view.status) ?? null;
  const kind = KINDS.find((known) => known === view.kind) ?? null;
  const { mailing = null, domain = null } = view;
  const asked = { text, status, kind, mailing, domain };
  const result = useInfiniteQuery(askDelivery.messages(event.id, asked));
  const mailings = useQuery(askDelivery.mailings(event.id));
  const overview = useQuery(askDelivery.overview(event.id));
  const nameMailing = useMailingWords();
  useFreshList(event.id);
  const { rows, complete, more } = useRows(result);
  const columns = useColumns();
  const list = useList({ name: "messages", columns, rows, complete, idOf });
  const search = useCallback((next: string) => settle({ text: next }), [settle]);
  const narrowed = Object.values(asked).some((value) => value !== null && value !== "");
  const showAll = () => settle({ text: "", status: null, kind: null, mailing: null, domain: null });
  const chosen = rows.find((row) => row.id === open);
  return (
    <Screen
      title={t("place.delivery")}
      counts={
        result.isSuccess &&
        rows.length > 0 &&
        (complete ? t("guests.found", { count: rows.length }) : t("guests.foundMore", { n: rows.length }))
      }
      tabs={<DeliveryTabs section="messages" />}
      tools={
        <>
          <SearchField label={t("delivery.search")} text={text} onSearch={search} />
          <FilterChip
            label={t("tickets.status")}
            choices={STATUSES.map((value) => ({ value, label: t(`deliveryStatus.${value}`) }))}
            chosen={status}
            choose={(value) => settle({ status: value })}
          />
          <FilterChip
            label={t("delivery.about")}
            choices={KINDS.map((value) => ({ value, label: t(`messageKind.${value}`) }))}
            chosen={kind}
            choose={(value) => settle({ kind: value })}
          />
          {(mailings.data?.length ?? 0) > 0 && (
            <FilterChip
              label={t("delivery.mailing")}
              choices={(mailings.data ?? []).slice(0, 20).map((one) => ({ value: one.id, label: nameMailing(one) }))}
              chosen={mailing}
              choose={(value) => settle({ mailing: value })}
            />
          )}
          {(overview.data?.domains.length ?? 0) > 0 && (
            <FilterChip
              label={t("delivery.domain")}
              choices={(overview.data?.domains ?? []).map((one) => ({ value: one.domain, label: one.domain }))}
              chosen={domain}
              choose={(value) => settle({ domain: value })}
            />
          )}
          <ColumnChooser list={list} />
        </>
      }
      pane={chosen && <MessagePane key={chosen.id} message={chosen} close={() => settle({ open: null })} />}
    >
      <div className={styles.over}>
        <Standing />
        <div className={styles.rest}>
          {result.isError && rows.length === 0 ? (
            <Trouble error={result.error} retry={() => void result.refetch()} />
          ) : result.isSuccess && rows.length === 0 ? (
            narrowed ? (
              <Empty
                title={t("delivery.noneFound")}
                step={
                  <Button variant="default" onClick={showAll}>
                    {t("delivery.showAll")}
                  </Button>
                }
              >
                {t("delivery.noneFoundText")}
              </Empty>
            ) : (
              <Empty title={t("delivery.emptyTitle")} step={<NewMailingLink />}>
                {t("delivery.emptyText")}
              </Empty>
            )
          ) : (
            <RowList
              key={JSON.stringify(asked)}
              label={t("messages.title")}
              list={list}
              total={complete ? rows.length : rows.length || null}
              open={open}
              onOpen={(id) => settle({ open: id })}
              more={more}
            />
          )}
        </div>
      </div>
    </Screen>
  );
}
