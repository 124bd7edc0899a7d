import { Checkbox, NumberInput, Stack, Switch, TextInput } from "@mantine/core";
import { useMemo } from "react";
import { type EventDetails, useEvent } from "../../../api";
import type { ReminderStep } from "../../../api/deliveryTypes";
import { joined, useSpeech } from "../../../locales";
import { EditForm } from "../../../shared/editing";
import { wholeOf } from "../plan";
import styles from "../planning.module.css";
import { giveReminders, type ReminderFields, STEPS, takeReminders } from "./reminderFields";
import own from "./reminders.module.css";
import { useEventSource } from "./useEventSource";
import { useHeld } from "./useHeld";

/** The longest link to a page of the organizer's own. */
const LONGEST_LINK = 2_000;

/** Reads and writes what leaves by itself; the API takes the schedule as a whole. */
function useReminderSource() {
  const event = useEvent();
  const [take, give] = useMemo(() => {
    let known: ReminderFields | null = null;
    const read = (seen: EventDetails) => (known = takeReminders(seen.settings));
    const write = (change: Partial<ReminderFields>) => giveReminders(known ?? read(event), change);
    return [read, write] as const;
  }, [event]);
  return useEventSource(take, give);
}

/** Which messages leave by themselves: reminders, what is asked afterwards, and word of what changed. */
export function Reminders() {
  const { t, count } = useSpeech();
  const event = useEvent();
  const held = useHeld("words");
  const source = useReminderSource();
  const yesNo = (on: boolean) => t(on ? "gates.door.yes" : "gates.door.no");
  return (
    <EditForm
      name={["reminders", event.id]}
      label={t("setup.section.messages")}
      source={source}
      held={held}
      fields={["confirm_days", "rating_link", "review_link"]}
      show={{
        on: { label: t("reminders.on"), say: yesNo },
        steps: {
          label: t("reminders.steps"),
          say: (steps) => joined(steps.map((step) => t(`reminderStep.${step}`)), ", "),
        },
        confirm: { label: t("reminders.confirm"), say: yesNo },
        days: { label: t("reminders.days"), say: (days) => count(Number(days)) },
        thanks: { label: t("reminders.thanks"), say: yesNo },
        rating: { label: t("reminders.ratingLink"), say: String },
        review: { label: t("reminders.reviewLink"), say: String },
        again: { label: t("reminders.again"), say: yesNo },
        tell_changes: { label: t("reminders.tellChanges"), say: yesNo },
      }}
    >
      {({ typed, of, change }) => {
        const turn = (step: ReminderStep, on: boolean) =>
          change({ steps: STEPS.filter((known) => (known === step ? on : typed.steps.includes(known))) });
        return (
          <div className={styles.stack}>
            <Switch
              label={t("reminders.on")}
              description={t("reminders.onText")}
              checked={typed.on}
              onChange={({ target }) => change({ on: target.checked })}
            />
            {typed.on && (
              <Checkbox.Group label={t("reminders.steps")} description={t("reminders.stepsText")} value={typed.steps}>
                <Stack gap="xs" mt={8}>
                  {STEPS.map((step) => (
                    <Checkbox
                      key={step}
                      value={step}
                      label={t(`reminderStep.${step}`)}
                      description={t(`reminders.for.${step}`)}
                      disabled={step === "hour"}
                      onChange={({ target }) => turn(step, target.checked)}
                    />
                  ))}
                </Stack>
              </Checkbox.Group>
            )}
            <Switch
              label={t("reminders.confirm")}
              description={t("reminders.confirmText")}
              checked={typed.confirm}
              onChange={({ target }) => change({ confirm: target.checked })}
            />
            {typed.confirm && (
              <NumberInput
                className={own.days ?? ""}
                label={t("reminders.days")}
                min={1}
                max={60}
                allowDecimal={false}
                allowNegative={false}
                clampBehavior="blur"
                value={typed.days}
                error={of("confirm_days")}
                onChange={(days) => change({ days: wholeOf(days) ?? "" })}
              />
            )}
            <Switch
              label={t("reminders.thanks")}
              description={t("reminders.thanksText")}
              checked={typed.thanks}
              onChange={({ target }) => change({ thanks: target.checked })}
            />
            <fieldset className={own.after ?? ""}>
              <legend>{t("reminders.afterwards")}</legend>
              <p className="quiet small">{t("reminders.afterwardsText")}</p>
              <TextInput
                type="url"
                label={t("reminders.ratingLink")}
                description={t("reminders.ratingLinkText")}
                placeholder="https://"
                maxLength={LONGEST_LINK}
                value={typed.rating}
                error={of("rating_link")}
                onChange={({ target }) => change({ rating: target.value })}
              />
              <TextInput
                type="url"
                label={t("reminders.reviewLink")}
                description={t("reminders.reviewLinkText")}
                placeholder="https://"
                maxLength={LONGEST_LINK}
                value={typed.review}
                error={of("review_link")}
                onChange={({ target }) => change({ review: target.value })}
              />
              {typed.review.trim() !== "" && (
                <Checkbox
                  label={t("reminders.again")}
                  checked={typed.again}
                  onChange={({ target }) => change({ again: target.checked })}
                />
              )}
            </fieldset>
            <Switch
              label={t("reminders.tellChanges")}
              description={t("reminders.tellChangesText")}
              checked={typed.tell_changes}
              onChange={({ target }) => change({ tell_changes: target.checked })}
            />
          </div>
        );
      }}
    </EditForm>
  );
}
