import { TextInput } from "@mantine/core";
import { TimeInput } from "@mantine/dates";
import { useSpeech } from "../../../locales";
import { type DayPlan, endsNextDay } from "../plan";
import styles from "../planning.module.css";
import { DayField } from "./DayField";

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
      <TimeInput
        label={t("planning.from")}
        value={plan.from}
        onChange={({ target }) => change({ from: target.value })}
      />
      <TimeInput
        label={t("planning.until")}
        description={endsNextDay(plan) ? t("planning.nextDay") : undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        value={plan.until}
        error={error("ends")}
        onChange={({ target }) => change({ until: target.value })}
      />
      <TimeInput
        label={t("planning.doors")}
        value={plan.doors}
        error={error("doors")}
        onChange={({ target }) => change({ doors: target.value })}
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
