import { Button, NativeSelect } from "@mantine/core";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useCallback, useMemo, useState } from "react";
import { ask } from "../../api";
import { askOffice, OFFICIAL_PAGE, type OfficialFilter } from "../../api/askOffice";
import type { Official } from "../../api/rowTypes";
import { useAllowed } from "../../api/useAllowed";
import { formatDate, useSpeech } from "../../locales";
import { DayField } from "../../shared/dates";
import { Empty } from "../../shared/Empty";
import { usePlace, type View } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { SearchField } from "../../shared/SearchField";
import { Status } from "../../shared/Status";
import { type Column, RowList, useList } from "../../shared/table";
import { Trouble } from "../../shared/Trouble";
import { endOfDay, startOfDay } from "./dayText";
import { NewOfficial } from "./NewOfficial";
import styles from "./official.module.css";
import { OfficialPane } from "./OfficialPane";
import { STATUSES, statusOf, TONES } from "./status";

function useColumns(): Column<Official>[] {
  const { t, locale, count } = useSpeech();
  return useMemo(
    () => [
      {
        key: "name",
        title: t("guests.name"),
        track: "minmax(150px, 1.6fr)",
        fixed: true,
        order: (official) => official.label,
        show: (official) => <span className="clip strong">{official.label}</span>,
      },
      {
        key: "phone",
        title: t("official.phone"),
        track: "minmax(128px, 0.9fr)",
        spare: true,
        order: (official) => official.phone,
        show: (official) => <span className="clip">{official.phone}</span>,
      },
      {
        key: "event",
        title: t("events.name"),
        track: "minmax(130px, 1.3fr)",
        order: (official) => official.event_title,
        show: (official) => <span className="clip">{official.event_title}</span>,
      },
      {
        key: "type",
        title: t("guests.type"),
        track: "minmax(90px, 0.8fr)",
        spare: true,
        order: (official) => official.pass_type,
        show: (official) => <span className="clip">{official.pass_type}</span>,
      },
      {
        key: "quantity",
        title: t("official.quantity"),
        track: "minmax(64px, 0.4fr)",
        numeric: true,
        order: (official) => official.quantity,
        show: (official) => count(official.quantity),
      },
      {
        key: "status",
        title: t("official.status"),
        track: "minmax(184px, 1fr)",
        order: (official) => official.delivery_status,
        show: (official) => {
          const status = statusOf(official.delivery_status);
          return <Status tone={TONES[status]}>{t(`officialStatus.${status}`)}</Status>;
        },
      },
      {
        key: "made",
        title: t("invitations.made"),
        track: "minmax(104px, 0.7fr)",
        spare: true,
        order: (official) => official.created_at,
        show: (official) => <time className="clip">{formatDate(locale, official.created_at)}</time>,
      },
    ],
    [t, locale, count],
  );
}

/** What the list is narrowed by, as the address has it. */
function filterOf(view: View): OfficialFilter {
  const from = startOfDay(view.from ?? "");
  const until = endOfDay(view.until ?? "");
  const status = STATUSES.find((known) => known === view.status);
  return {
    ...(view.q === undefined ? {} : { search: view.q }),
    ...(view.event === undefined ? {} : { event_id: view.event }),
    ...(status === undefined ? {} : { status }),
    ...(from === null ? {} : { from }),
    ...(until === null ? {} : { until }),
  };
}

const NONE: Official[] = [];
const idOf = (official: Official) => official.id;

/** Official invitations of every event. */
export function Officials() {
  const { t, count } = useSpeech();
  const allowed = useAllowed()("invite_officially");
  const { text, open, view, settle } = usePlace();
  const [making, setMaking] = useState(false);
  const events = useQuery(ask.events());
  const filter = filterOf(view);
  const page = Math.max(1, Math.floor(Number(view.page) || 1));
  const result = useQuery({
    ...askOffice.officials(filter, page - 1),
    enabled: !allowed.disabled,
    placeholderData: keepPreviousData,
    refetchInterval: 15_000,
  });
  const rows = result.data?.data ?? NONE;
  const total = result.data?.count ?? 0;
  const last = Math.max(1, Math.ceil(total / OFFICIAL_PAGE));
  const columns = useColumns();
  const list = useList({ name: "official", columns, rows, complete: last === 1, idOf });
  const search = useCallback((next: string) => settle({ text: next, page: null }), [settle]);
  const narrowed = Object.keys(filter).length > 0;
  const add = (
    <Button {...allowed} onClick={() => setMaking(true)}>
      {t("official.new")}
    </Button>
  );
  if (allowed.disabled) {
    return (
      <Screen title={t("place.official")}>
        <Empty title={t("official.notAllowedTitle")}>{t("official.notAllowedText")}</Empty>
      </Screen>
    );
  }
  return (
    <Screen
      title={t("place.official")}
      counts={result.isSuccess && <strong>{count(total)}</strong>}
      tools={
        <>
          <SearchField label={t("official.search")} text={text} onSearch={search} />
          {add}
        </>
      }
      pane={open !== null && <OfficialPane key={open} id={open} close={() => settle({ open: null })} />}
    >
      <div className={styles.whole}>
        <div className={styles.filters} role="group" aria-label={t("official.filters")}>
          <NativeSelect
            aria-label={t("events.name")}
            value={view.event ?? ""}
            data={[
              { value: "", label: t("official.everyEvent") },
              ...(events.data ?? []).map(({ id, title }) => ({ value: id, label: title })),
            ]}
            onChange={(change) => settle({ event: change.target.value || null, page: null })}
          />
          <NativeSelect
            aria-label={t("official.status")}
            value={view.status ?? ""}
            data={[
              { value: "", label: t("tickets.anyStatus") },
              ...STATUSES.map((value) => ({ value, label: t(`officialStatus.${value}`) })),
            ]}
            onChange={(change) => settle({ status: change.target.value || null, page: null })}
          />
          <div className={styles.day}>
            <DayField
              label={t("official.from")}
              day={view.from ?? null}
              onChange={(from) => settle({ from, page: null })}
            />
          </div>
          <div className={styles.day}>
            <DayField
              label={t("official.until")}
              day={view.until ?? null}
              onChange={(until) => settle({ until, page: null })}
            />
          </div>
        </div>
        <div className={styles.rows}>
          {result.isError && rows.length === 0 ? (
            <Trouble error={result.error} retry={() => void result.refetch()} />
          ) : result.isSuccess && rows.length === 0 ? (
            narrowed ? (
              <Empty
                title={t("official.noneFound")}
                step={
                  <Button
                    variant="default"
                    onClick={() =>
                      settle({ text: "", event: null, status: null, from: null, until: null, page: null })
                    }
                  >
                    {t("official.showAll")}
                  </Button>
                }
              >
                {t("official.noneFoundText")}
              </Empty>
            ) : (
              <Empty title={t("official.emptyTitle")} step={add}>
                {t("official.emptyText")}
              </Empty>
            )
          ) : (
            <RowList
              label={t("place.official")}
              list={list}
              total={result.isSuccess ? rows.length : null}
              open={open}
              onOpen={(id) => settle({ open: id })}
            />
          )}
        </div>
        {last > 1 && (
          <nav className={styles.pages} aria-label={t("official.pages")}>
            <Button
              size="compact-sm"
              variant="default"
              disabled={page <= 1}
              onClick={() => settle({ page: String(page - 1) })}
            >
              {t("official.newer")}
            </Button>
            <span>{t("official.pageOf", { n: page, total: last })}</span>
            <Button
              size="compact-sm"
              variant="default"
              disabled={page >= last}
              onClick={() => settle({ page: String(page + 1) })}
            >
              {t("official.older")}
            </Button>
          </nav>
        )}
      </div>
      {making && (
        <NewOfficial
          close={() => setMaking(false)}
          made={(id) => {
            setMaking(false);
            settle({ open: id });
          }}
        />
      )}
    </Screen>
  );
}
