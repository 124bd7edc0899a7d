import { Button, SegmentedControl, Select } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useCallback } from "react";
import { ask, type EventStatus, type EventSummary, useMay } from "../../api";
import { useSpeech } from "../../locales";
import { Empty } from "../../shared/Empty";
import { usePlace } from "../../shared/place";
import { Screen } from "../../shared/Screen";
import { SearchField } from "../../shared/SearchField";
import { Trouble } from "../../shared/Trouble";
import { Calendar } from "./Calendar";
import { Cards } from "./Cards";
import styles from "./Events.module.css";
import { dayOf, isMonth } from "./month";
import { Welcome } from "./Welcome";

const STATUSES: readonly EventStatus[] = ["draft", "published", "cancelled", "completed"];
const NONE: EventSummary[] = [];

/** Letters as compared: without case and accents. */
const plain = (text: string) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

function matching(events: readonly EventSummary[], text: string, status: string | undefined) {
  const wanted = plain(text);
  return events.filter(
    (event) =>
      plain(event.title).includes(wanted) && (status === undefined || event.status === status),
  );
}

/** The events of this office, as cards or in a calendar. */
export function Events() {
  const { t, count } = useSpeech();
  const may = useMay();
  const { text, view, settle } = usePlace();
  const result = useQuery(ask.events());
  const all = result.data ?? NONE;
  const events = matching(all, text, view.status);
  const narrowed = text !== "" || view.status !== undefined;
  const search = useCallback((next: string) => settle({ text: next }), [settle]);
  const month = isMonth(view.month) ? view.month : dayOf(Date.now()).slice(0, 7);
  const empty = result.isSuccess && all.length === 0;

  const showAll = () => settle({ text: "", status: null });
  const content = () => {
    if (result.isError && all.length === 0) {
      return <Trouble error={result.error} retry={() => void result.refetch()} />;
    }
    if (empty) return <Welcome />;
    if (result.isSuccess && events.length === 0) {
      const step = (
        <Button variant="default" onClick={showAll}>
          {t("events.showAll")}
        </Button>
      );
      return (
        <Empty title={t("events.noneFound")} step={step}>
          {t("events.noneFoundText")}
        </Empty>
      );
    }
    return view.show === "calendar" ? (
      <Calendar events={events} month={month} onMonth={(next) => settle({ month: next })} />
    ) : (
      <Cards events={events} now={Date.now()} />
    );
  };

  return (
    <Screen
      title={t("events.title")}
      counts={
        all.length > 0 &&
        (narrowed ? t("events.found", { count: events.length }) : <strong>{count(all.length)}</strong>)
      }
      tools={
        !empty && (
          <>
            <SearchField label={t("events.search")} text={text} onSearch={search} />
            <Select
              className={styles.status}
              aria-label={t("events.status")}
              placeholder={t("events.anyStatus")}
              clearable
              data={STATUSES.map((value) => ({ value, label: t(`eventStatus.${value}`) }))}
              value={view.status ?? null}
              onChange={(status) => settle({ status })}
            />
            <SegmentedControl
              aria-label={t("events.show")}
              data={[
                { value: "cards", label: t("events.cards") },
                { value: "calendar", label: t("events.calendar") },
              ]}
              value={view.show === "calendar" ? "calendar" : "cards"}
              onChange={(show) => settle({ show: show === "calendar" ? show : null })}
            />
            {may("plan_events") && (
              <Button renderRoot={(props) => <Link to="/plan" {...props} />}>
                {t("planning.heading")}
              </Button>
            )}
          </>
        )
      }
    >
      <div className={styles.body}>{content()}</div>
    </Screen>
  );
}
