import { TextInput } from "@mantine/core";
import { useSpeech } from "../../../locales";
import { DayField, TimeField } from "../../../shared/dates";
import { type DayPlan, endsNextDay } from "../plan";
import styles from "../planning.module.css";

/** One day: when it starts and ends, when doors open, and what it is called. */
export function DayFields({
  plan,
  error,
  named = false,
  dayLabel,
  least,
  onChange,
}: {
  plan: DayPlan;
  /** What `starts`, `ends`, `doors` or `title` was refused for. */
  error(field: string): string | null;
  /** Whether it has a title of its own. */
  named?: boolean;
  dayLabel?: string;
  least?: string;
  onChange(plan: DayPlan): void;
}) {
  const { t } = useSpeech();
  const change = (part: Partial<DayPlan>) => onChange({ ...plan, ...part });
  return (
    <div className={styles.dayFields}>
      <DayField
        label={dayLabel ?? t("planning.day")}
        day={plan.day}
        error={error("starts")}
        {...(least === undefined ? {} : { least })}
        onChange={(day) => change({ day })}
      />
      <TimeField
        label={t("planning.from")}
        time={plan.from}
        onChange={(from) => change({ from })}
      />
      <TimeField
        label={t("planning.until")}
        note={endsNextDay(plan) ? t("planning.nextDay") : undefined}
        time={plan.until}
        error={error("ends")}
        onChange={(until) => change({ until })}
      />
      <TimeField
        label={t("planning.doors")}
        time={plan.doors}
        error={error("doors")}
        onChange={(doors) => change({ doors })}
      />
      {named && (
        <TextInput
          className={styles.dayTitle}
          label={t("planning.dayTitle")}
          value={plan.title}
          error={error("title")}
          onChange={({ target }) => change({ title: target.value })}
        />
      )}
    </div>
  );
}
