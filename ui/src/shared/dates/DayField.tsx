import "@mantine/dates/styles.layer.css";
import "dayjs/locale/es";
import "dayjs/locale/fr";
import { DateInput, DatesProvider } from "@mantine/dates";
import type { ReactNode } from "react";
import { firstDayOf, useSpeech } from "../../locales";
import { readDay, sayDay, today } from "./dayText";

/** A day, typed in the reader's order or chosen from a calendar. */
export function DayField({
  label,
  description,
  day,
  error,
  least,
  disabled = false,
  onChange,
}: {
  label: ReactNode;
  description?: ReactNode;
  /** `2027-05-14`. */
  day: string | null;
  error?: ReactNode;
  /** The first day that can be chosen. */
  least?: string;
  disabled?: boolean;
  onChange(day: string | null): void;
}) {
  const { t, language, locale } = useSpeech();
  return (
    // Weekends are days as any other: red says that something is wrong.
    <DatesProvider
      settings={{ locale: language, firstDayOfWeek: firstDayOf(locale), weekendDays: [] }}
    >
      <DateInput
        label={label}
        description={description}
        value={day}
        error={error}
        disabled={disabled}
        {...(least === undefined ? {} : { minDate: least })}
        onChange={onChange}
        valueFormat={(known) => sayDay(locale, known)}
        dateParser={(text) => readDay(text, locale, today())}
        placeholder={t("planning.dayHint")}
        ariaLabels={{
          previousMonth: t("planning.monthBefore"),
          nextMonth: t("planning.monthAfter"),
          previousYear: t("planning.yearBefore"),
          nextYear: t("planning.yearAfter"),
          previousDecade: t("planning.yearsBefore"),
          nextDecade: t("planning.yearsAfter"),
        }}
        popoverProps={{ withinPortal: false }}
      />
    </DatesProvider>
  );
}
