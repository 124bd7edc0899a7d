import { Button } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { type Batch, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { BATCH_TONE } from "../../api/deliveryTones";
import { useAllowed } from "../../api/useAllowed";
import { formatShortMoment, useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { Status } from "../../shared/Status";
import { type Column, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { BatchPane } from "./BatchPane";
import { NewBatch } from "./NewBatch";
import { useIssue } from "./useIssue";
import { Ways } from "./Ways";

function useColumns(): Column<Batch>[] {
  const { t, locale, count } = useSpeech();
  const { time_zone } = useEvent();
  return useMemo(
    () => [
      {
        key: "name",
        title: t("newBatch.name"),
        track: "minmax(160px, 2fr)",
        fixed: true,
        order: (batch) => batch.name,
        show: (batch) => <span className="clip strong">{batch.name}</span>,
      },
      {
        key: "invitations",
        title: t("place.invitations"),
        track: "minmax(96px, 0.6fr)",
        numeric: true,
        order: (batch) => batch.invitations,
        show: (batch) => count(batch.invitations),
      },
      {
        key: "made",
        title: t("invitations.made"),
        track: "minmax(120px, 1fr)",
        spare: true,
        order: (batch) => batch.created_at,
        show: (batch) => (
          <time className="clip">{formatShortMoment(locale, time_zone, batch.created_at)}</time>
        ),
      },
      {
        key: "status",
        title: t("tickets.status"),
        track: "minmax(150px, 1fr)",
        order: (batch) => t(`batchStatus.${batch.status}`),
        show: (batch) => (
          <Status tone={BATCH_TONE[batch.status]}>{t(`batchStatus.${batch.status}`)}</Status>
        ),
      },
    ],
    [t, locale, count, time_zone],
  );
}

const NONE: Batch[] = [];
const idOf = (batch: Batch) => batch.id;

/** The runs that made the event's invitations. */
export function Batches() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const allowed = useAllowed()("issue_tickets");
  const { open, settle } = usePlace();
  const [making, setMaking] = useState(false);
  const result = useQuery(askTickets.batches(event.id));
  const rows = useMemo(() => result.data?.toReversed() ?? NONE, [result.data]);
  const columns = useColumns();
  const list = useList({ name: "batches", columns, rows, complete: result.isSuccess, idOf });
  const issue = useIssue();
  const chosen = rows.find((batch) => batch.id === open);
  const add = (
    <Button {...allowed} onClick={() => setMaking(true)}>
      {t("newBatch.title")}
    </Button>
  );
  return (
    <Screen
      title={t("place.invitations")}
      counts={rows.length > 0 && t("batches.count", { n: count(rows.length), count: rows.length })}
      tabs={<Ways />}
      tools={add}
      pane={chosen && <BatchPane key={chosen.id} batch={chosen} close={() => settle({ open: null })} />}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("batches.emptyTitle")} step={add}>
          {t("batches.emptyText")}
        </Empty>
      ) : (
        <RowList
          label={t("batches.title")}
          list={list}
          total={result.isSuccess ? rows.length : null}
          open={open}
          onOpen={(id) => settle({ open: id })}
        />
      )}
      {making && (
        <NewBatch
          name={t("newBatch.suggested", { n: rows.length + 1 })}
          close={() => setMaking(false)}
          made={(batch, quantity) => {
            setMaking(false);
            settle({ open: batch.id });
            void issue.batch(batch.id, batch.name, quantity);
          }}
        />
      )}
    </Screen>
  );
}
