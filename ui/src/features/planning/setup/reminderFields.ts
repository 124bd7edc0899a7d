import type { EventChange, EventDetails } from "../../../api";
import type { ReminderSettings, ReminderStep } from "../../../api/deliveryTypes";

/** The steps of the schedule, by time. */
export const STEPS = ["two_weeks", "week", "day", "hour"] as const satisfies readonly ReminderStep[];

/** Days before, while nobody said how many. */
const USUAL_DAYS = 7;

/** What leaves by itself, as it is typed. */
export interface ReminderFields {
  on: boolean;
  /** The steps that are not left out. */
  steps: ReminderStep[];
  confirm: boolean;
  days: number | string;
  thanks: boolean;
  rating: string;
  review: string;
  /** Whether those who came are asked for a review once more. */
  again: boolean;
  tell_changes: boolean;
}

/** The schedule while nobody changed it. */
const USUAL: ReminderSettings = { on: true, without: [], confirm_days: null, thanks: false, rating_link: "", review_link: "" };

export function takeReminders(settings: Pick<EventDetails["settings"], "reminders" | "tell_changes">): ReminderFields {
  const reminders = { ...USUAL, ...settings.reminders };
  return {
    on: reminders.on,
    steps: STEPS.filter((step) => !reminders.without.includes(step)),
    confirm: reminders.confirm_days !== null,
    days: reminders.confirm_days ?? USUAL_DAYS,
    thanks: reminders.thanks,
    rating: reminders.rating_link,
    review: reminders.review_link,
    again: !reminders.without.includes("last_review"),
    tell_changes: settings.tell_changes ?? true,
  };
}

/** What is written: the schedule as a whole, since the API takes it so. */
export function giveReminders(before: ReminderFields, change: Partial<ReminderFields>): EventChange {
  const { tell_changes, ...schedule } = change;
  const { on, steps, confirm, days, thanks, rating, review, again } = { ...before, ...change };
  const without: ReminderStep[] = STEPS.filter((step) => step !== "hour" && !steps.includes(step));
  if (!again) without.push("last_review");
  return {
    ...(tell_changes === undefined ? {} : { tell_changes }),
    ...(Object.keys(schedule).length === 0
      ? {}
      : {
          reminders: {
            on,
            without,
            confirm_days: confirm ? Number(days) : null,
            thanks,
            rating_link: rating.trim(),
            review_link: review.trim(),
          },
        }),
  };
}
