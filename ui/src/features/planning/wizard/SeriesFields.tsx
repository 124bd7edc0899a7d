import { Chip, NumberInput, Select } from "@mantine/core";
import { firstDayOf, useSpeech } from "../../../locales";
import { DayField, today } from "../../../shared/dates";
import { DayFields } from "../fields/DayFields";
import {
  type DayPlan,
  REPEATS,
  type Repeats,
  type SeriesPlan,
  type Weekday,
  WEEKDAYS,
  weekdayOf,
} from "../plan";
import styles from "../planning.module.css";

const NTHS = [1, 2, 3, 4, -1] as const;

/** The weekdays in the reader's order, each with its name; 4 January 2027 is a Monday. */
function useWeekdays(): { value: Weekday; name: string; short: string }[] {
  const { locale } = useSpeech();
  const say = (index: number, weekday: "long" | "short") =>
    new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday }).format(Date.UTC(2027, 0, 4 + index));
  const days = WEEKDAYS.map((value, index) => ({
    value,
    name: say(index, "long"),
    short: say(index, "short"),
  }));
  const first = (firstDayOf(locale) + 6) % 7;
  return [...days.slice(first), ...days.slice(0, first)];
}

/** How a series goes on, and when it ends. */
export function SeriesFields({
  first,
  series,
  error,
  onChange,
}: {
  first: DayPlan;
  series: SeriesPlan;
  /** What a field of the series was refused for, such as `pattern.every`. */
  error(field: string): string | null;
  onChange(patch: { first?: DayPlan; series?: SeriesPlan }): void;
}) {
  const { t } = useSpeech();
  const weekdays = useWeekdays();
  const change = (part: Partial<SeriesPlan>) => onChange({ series: { ...series, ...part } });
  const own = first.day === null ? null : weekdayOf(first.day);
  const { repeats } = series;
  const named: Record<string, string> = {
    starts: "starts",
    ends: "duration_minutes",
    doors: "doors_minutes",
  };
  return (
    <>
      <DayFields
        plan={first}
        dayLabel={t("planning.firstDay")}
        least={today()}
        error={(field) => error(named[field] ?? field)}
        onChange={(next) => onChange({ first: next })}
      />
      <div className={styles.seriesFields}>
        <Select
          label={t("planning.repeats")}
          allowDeselect={false}
          data={REPEATS.map((value) => ({ value, label: t(`repeats.${value}`) }))}
          value={repeats}
          error={error("rule")}
          onChange={(value) => value !== null && change({ repeats: value as Repeats })}
        />
        {repeats !== "weekdays" && (
          <NumberInput
            label={t(`planning.every.${repeats}`)}
            min={1}
            max={999}
            allowDecimal={false}
            allowNegative={false}
            value={series.every}
            error={error("pattern.every")}
            onChange={(every) => change({ every })}
          />
        )}
        {repeats === "monthly_by_date" && (
          <NumberInput
            label={t("planning.dayOfMonth")}
            min={1}
            max={31}
            allowDecimal={false}
            allowNegative={false}
            value={series.date ?? (first.day === null ? "" : Number(first.day.slice(8)))}
            error={error("pattern.day")}
            onChange={(date) => change({ date })}
          />
        )}
        {repeats === "monthly_by_weekday" && (
          <>
            <Select
              label={t("planning.nth")}
              allowDeselect={false}
              data={NTHS.map((nth) => ({
                value: String(nth),
                label: t(nth === -1 ? "planning.nthLast" : `planning.nth${nth}`),
              }))}
              value={String(series.nth)}
              error={error("pattern.nth")}
              onChange={(nth) => change({ nth: Number(nth) })}
            />
            <Select
              label={t("planning.weekday")}
              allowDeselect={false}
              data={weekdays.map(({ value, name }) => ({ value, label: name }))}
              value={series.weekday ?? own ?? "Mon"}
              onChange={(weekday) => change({ weekday: weekday as Weekday })}
            />
          </>
        )}
      </div>
      {repeats === "weekly" && (
        <div role="group" aria-label={t("planning.weekdays")} className={styles.chips}>
          <Chip.Group
            multiple
            value={series.days.length > 0 ? series.days : own === null ? [] : [own]}
            onChange={(days) => change({ days: days as Weekday[] })}
          >
            {weekdays.map(({ value, name, short }) => (
              <Chip key={value} value={value} aria-label={name} variant="outline">
                {short}
              </Chip>
            ))}
          </Chip.Group>
          {error("pattern.days") !== null && (
            <p role="alert" className={styles.wrong}>
              {error("pattern.days")}
            </p>
          )}
        </div>
      )}
      <div className={styles.seriesFields}>
        <Select
          label={t("planning.ends")}
          allowDeselect={false}
          data={(["after", "on", "never"] as const).map((value) => ({
            value,
            label: t(`planning.ends_${value}`),
          }))}
          value={series.ends}
          error={series.ends === "never" ? error("ends") : null}
          onChange={(ends) => change({ ends: ends as SeriesPlan["ends"] })}
        />
        {series.ends === "after" && (
          <NumberInput
            label={t("planning.times")}
            min={1}
            allowDecimal={false}
            allowNegative={false}
            value={series.after}
            error={error("ends")}
            onChange={(after) => change({ after })}
          />
        )}
        {series.ends === "on" && (
          <DayField
            label={t("planning.lastDay")}
            day={series.on}
            least={first.day ?? today()}
            error={error("ends")}
            onChange={(on) => change({ on })}
          />
        )}
      </div>
    </>
  );
}
