import { Button, NumberInput, Select } from "@mantine/core";
import { useSpeech } from "../../../locales";
import { today } from "../../../shared/dates";
import { KindCards } from "../../../shared/form";
import { Icon } from "../../../shared/Icon";
import { useZones } from "../fields/choices";
import { DayFields } from "../fields/DayFields";
import { type DayPlan, dayAfter, type Kind, newDay, scheduleOf } from "../plan";
import styles from "../planning.module.css";
import { DateList } from "./DateList";
import { usePlan } from "./planContext";
import { SeriesFields } from "./SeriesFields";
import { usePreview } from "./usePreview";

const KINDS: readonly Kind[] = ["one_time", "multi_day", "recurring"];

function Days() {
  const { t } = useSpeech();
  const { plan, change, error } = usePlan();
  const replace = (at: number, day: DayPlan) =>
    change({ days: plan.days.map((old, index) => (index === at ? day : old)) });
  const add = () => {
    const last = plan.days.at(-1);
    const next = newDay(last?.day ? dayAfter(last.day) : null);
    // The next day keeps the hours of the one before it.
    const hours = last && { from: last.from, until: last.until, doors: last.doors };
    change({ days: [...plan.days, { ...next, ...hours }] });
  };
  return (
    <>
      <ol className={styles.dayRows}>
        {plan.days.map((day, index) => (
          <li key={day.key}>
            <DayFields
              plan={day}
              named
              least={today()}
              dayLabel={t("planning.dayN", { n: index + 1 })}
              error={(field) => error(`schedule.days[${index}].${field}`)}
              onChange={(next) => replace(index, next)}
            />
            <button
              type="button"
              className="icon-button"
              disabled={plan.days.length === 1}
              aria-label={t("planning.removeDay", { n: index + 1 })}
              title={t("planning.removeDay", { n: index + 1 })}
              onClick={() => change({ days: plan.days.filter(({ key }) => key !== day.key) })}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ol>
      {error("schedule.days") !== null && (
        <p role="alert" className={styles.wrong}>
          {error("schedule.days")}
        </p>
      )}
      <Button variant="default" size="sm" onClick={add}>
        {t("planning.addDay")}
      </Button>
    </>
  );
}

/** When the event takes place: once, on several days, or again and again. */
export function Dates() {
  const { t } = useSpeech();
  const { plan, change, error } = usePlan();
  const zones = useZones(plan.time_zone);
  const preview = usePreview(plan.time_zone, scheduleOf(plan));
  return (
    <div className={styles.beside}>
      <div className={styles.stack}>
        <KindCards
          className={styles.cards}
          legend={t("planning.kind")}
          kinds={KINDS}
          chosen={plan.kind}
          name={(kind) => t(`eventKind.${kind}`)}
          say={(kind) => t(`planning.kindText.${kind}`)}
          choose={(kind) => change({ kind })}
        />
        {plan.kind === "one_time" && (
          <DayFields
            plan={plan.once}
            least={today()}
            error={(field) => error(`schedule.session.${field}`)}
            onChange={(once) => change({ once })}
          />
        )}
        {plan.kind === "multi_day" && <Days />}
        {plan.kind === "recurring" && (
          <SeriesFields
            first={plan.first}
            series={plan.series}
            error={(field) => error(`schedule.series.${field}`)}
            onChange={change}
          />
        )}
        <div className={styles.fields}>
          <Select
            label={t("planning.zone")}
            description={t("planning.zoneText")}
            searchable
            allowDeselect={false}
            limit={60}
            data={zones}
            value={plan.time_zone}
            error={error("time_zone")}
            onChange={(time_zone) => time_zone !== null && change({ time_zone })}
          />
          <NumberInput
            label={t("planning.most")}
            description={t("planning.mostText")}
            placeholder={t("overview.unlimited")}
            min={1}
            allowDecimal={false}
            allowNegative={false}
            hideControls
            value={plan.capacity}
            error={error("capacity")}
            onChange={(capacity) => change({ capacity })}
          />
        </div>
      </div>
      <DateList
        preview={preview.data}
        error={preview.error}
        stale={preview.isPlaceholderData}
        zone={plan.time_zone}
        open={plan.kind === "recurring" && plan.series.ends === "never"}
      />
    </div>
  );
}
