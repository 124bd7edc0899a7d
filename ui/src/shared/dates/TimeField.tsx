import "@mantine/dates/styles.layer.css";
import { TimePicker } from "@mantine/dates";
import type { ReactNode } from "react";
import { useSpeech } from "../../locales";

/** Whether a locale counts the hours to twelve. */
const countsToTwelve = (locale: string) =>
  new Intl.DateTimeFormat(locale, { hour: "numeric" }).resolvedOptions().hour12 === true;

/** A time of the day, typed as the locale writes it. */
export function TimeField({
  label,
  note,
  time,
  error,
  onChange,
}: {
  label: string;
  /** What follows from it, below. */
  note?: ReactNode;
  /** `19:00`; blank while there is none. */
  time: string;
  error?: ReactNode;
  onChange(time: string): void;
}) {
  const { t, locale } = useSpeech();
  return (
    <TimePicker
      label={label}
      description={note}
      inputWrapperOrder={["label", "input", "description", "error"]}
      format={countsToTwelve(locale) ? "12h" : "24h"}
      hoursInputLabel={`${label}: ${t("planning.hours")}`}
      minutesInputLabel={`${label}: ${t("planning.minutes")}`}
      amPmInputLabel={`${label}: ${t("planning.halfOfDay")}`}
      value={time}
      error={error}
      onChange={onChange}
    />
  );
}
