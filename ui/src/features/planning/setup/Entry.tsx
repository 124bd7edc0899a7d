import { NumberInput, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { type EventChange, type EventDetails, useEvent } from "../../../api";
import { useSpeech } from "../../../locales";
import { EditForm } from "../../../shared/editing";
import { useRefusal } from "../../../shared/useRefusal";
import { wholeOf } from "../plan";
import styles from "../planning.module.css";
import { heldBy, type Part } from "./mayChange";
import { useEventSource } from "./useEventSource";
import { useHeld } from "./useHeld";

type Settings = EventDetails["settings"];
interface Fields {
  capacity: number | string;
  visibility: EventDetails["visibility"];
  access: EventDetails["access"];
  re_entry: Settings["re_entry"];
  numbering: Settings["numbering"];
  claim_set: Settings["claim_set"];
  code_form: Settings["code_form"];
}

const take = ({ capacity, visibility, access, settings }: EventDetails): Fields => {
  const { re_entry, numbering, claim_set, code_form } = settings;
  return { capacity: capacity ?? "", visibility, access, re_entry, numbering, claim_set, code_form };
};
const give = ({ capacity, ...rest }: Partial<Fields>): EventChange => ({
  ...rest,
  ...(capacity === undefined ? {} : { capacity: wholeOf(capacity) }),
});

/** What can be chosen, by the API's words. */
const CHOICES = {
  visibility: ["private", "unlisted", "public"],
  access: ["open", "application"],
  re_entry: ["single", "after_exit", "once_per_day", "unlimited"],
  numbering: ["sequential", "random"],
  claim_set: ["slim", "full"],
  code_form: ["compact", "jwt"],
} as const satisfies { [Key in Exclude<keyof Fields, "capacity">]: readonly Fields[Key][] };
type Chosen = keyof typeof CHOICES;

const PARTS: Record<Chosen, Part> = {
  visibility: "visibility",
  access: "visibility",
  re_entry: "re_entry",
  numbering: "ticket_form",
  claim_set: "ticket_form",
  code_form: "ticket_form",
};

/** Who may come in how often, and what tickets look like. */
export function Entry() {
  const { t, count } = useSpeech();
  const event = useEvent();
  const source = useEventSource(take, give);
  const held = useHeld("capacity");
  const say = useRefusal();
  const words = (field: Chosen, value: string) => t(`setup.${field}.${value}` as "setup.access.open");
  const shown = (field: Chosen) => ({
    label: t(`setup.${field}.label`),
    say: (value: string) => words(field, value),
  });
  return (
    <EditForm
      name={["entry", event.id]}
      label={t("setup.entry")}
      source={source}
      held={held}
      fields={["capacity"]}
      show={{
        capacity: {
          label: t("planning.most"),
          say: (most) => (most === "" ? t("overview.unlimited") : count(Number(most))),
        },
        visibility: shown("visibility"),
        access: shown("access"),
        re_entry: shown("re_entry"),
        numbering: shown("numbering"),
        claim_set: shown("claim_set"),
        code_form: shown("code_form"),
      }}
    >
      {({ typed, of, change }) => {
        const choose = (field: Chosen): ReactNode => {
          const code = heldBy(PARTS[field], event.stage);
          return (
            <Select
              key={field}
              label={t(`setup.${field}.label`)}
              description={code === null ? t(`setup.${field}.text`) : say({ code, message: code })}
              disabled={code !== null}
              allowDeselect={false}
              data={CHOICES[field].map((value) => ({ value, label: words(field, value) }))}
              value={typed[field]}
              onChange={(value) => value !== null && change({ [field]: value } as Partial<Fields>)}
            />
          );
        };
        return (
          <div className={styles.fields}>
            <NumberInput
              label={t("planning.most")}
              description={t("planning.mostText")}
              placeholder={t("overview.unlimited")}
              min={1}
              allowDecimal={false}
              allowNegative={false}
              hideControls
              value={typed.capacity}
              error={of("capacity")}
              onChange={(capacity) => change({ capacity })}
            />
            {(Object.keys(CHOICES) as Chosen[]).map(choose)}
          </div>
        );
      }}
    </EditForm>
  );
}
