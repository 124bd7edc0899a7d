import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { ask, type EventSummary } from "../../api";
import { formatDate, useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { Status, type Tone } from "../../shared/Status";
import { type Column, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";

const TONES: Record<EventSummary["status"], Tone> = {
  draft: "quiet",
  published: "good",
  cancelled: "bad",
  completed: "came",
};

function useColumns(): Column<EventSummary>[] {
  const { t, locale } = useSpeech();
  return useMemo(
    () => [
      {
        key: "name",
        title: t("events.name"),
        track: "minmax(180px, 2.2fr)",
        fixed: true,
        order: (event) => event.title,
        show: (event) => <span className="clip strong">{event.title}</span>,
      },
      {
        key: "when",
        title: t("events.when"),
        track: "minmax(120px, 1fr)",
        order: (event) => event.starts_at,
        show: (event) => (
          <time className="clip" dateTime={new Date(event.starts_at).toISOString()}>
            {formatDate(locale, event.starts_at)}
          </time>
        ),
      },
      {
        key: "kind",
        title: t("events.kind"),
        track: "minmax(120px, 1fr)",
        spare: true,
        order: (event) => t(`eventKind.${event.kind}`),
        show: (event) => <span className="clip">{t(`eventKind.${event.kind}`)}</span>,
      },
      {
        key: "status",
        title: t("events.status"),
        track: "minmax(120px, 1fr)",
        order: (event) => t(`eventStatus.${event.status}`),
        show: (event) => (
          <Status tone={TONES[event.status]}>{t(`eventStatus.${event.status}`)}</Status>
        ),
      },
    ],
    [t, locale],
  );
}

const NONE: EventSummary[] = [];
const idOf = (event: EventSummary) => event.id;

/** The events of this office. */
export function Events() {
  const { t, count } = useSpeech();
  const { go } = usePlace();
  const result = useQuery(ask.events());
  const rows = result.data ?? NONE;
  const columns = useColumns();
  const list = useList({ name: "events", columns, rows, complete: result.isSuccess, idOf });
  return (
    <Screen
      title={t("events.title")}
      counts={rows.length > 0 && <strong>{count(rows.length)}</strong>}
    >
      {result.isError && rows.length === 0 ? (
        <Trouble error={result.error} retry={() => void result.refetch()} />
      ) : result.isSuccess && rows.length === 0 ? (
        <Empty title={t("events.emptyTitle")} command="gatehouse demo">
          {t("events.emptyText")}
        </Empty>
      ) : (
        <RowList
          label={t("events.title")}
          list={list}
          total={result.isSuccess ? rows.length : null}
          open={null}
          onOpen={(id) => go(id, "overview")}
        />
      )}
    </Screen>
  );
}
