import { NativeSelect, NumberInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEvent } from "../../../api";
import { readDoorSettings, type ReEntry, writeDoorSettings } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { joined, useSpeech } from "../../../locales";
import { TimeField } from "../../../shared/dates";
import { EditForm, type Source } from "../../../shared/editing";
import { Icon } from "../../../shared/Icon";
import { offerUndo } from "../../../shared/undo";
import styles from "../gates.module.css";
import own from "./door.module.css";
import { BadgeFields } from "./BadgeFields";
import { type DoorFields, fieldsOf, settingsOf } from "./doorFields";

const RE_ENTRY = ["single", "after_exit", "once_per_day", "unlimited"] as const satisfies readonly ReEntry[];

/** Questions that a queue bears. */
const MOST_QUESTIONS = 5;

const NAMES = ["re_entry", "auto_exit_minute", "walk_ins", "undo_minutes", "kiosk_welcome", "questions", "badge.paper", "badge.ticket_types"].concat(
  Array.from({ length: MOST_QUESTIONS }, (_, n) => `questions.${n}`),
);

function Questions({
  questions,
  of,
  onChange,
}: {
  questions: readonly string[];
  of(field: string): string | null;
  onChange(questions: string[]): void;
}) {
  const { t } = useSpeech();
  const put = (at: number, question: string) => onChange(questions.with(at, question));
  return (
    <fieldset className={own.questions}>
      <legend>{t("gates.door.questions")}</legend>
      <p className="quiet small">{t("gates.door.questionsText")}</p>
      {questions.map((question, at) => (
        <div key={at} className={own.question}>
          <TextInput
            aria-label={t("gates.door.question", { n: at + 1 })}
            maxLength={200}
            value={question}
            error={of(`questions.${at}`)}
            onChange={({ target }) => put(at, target.value)}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("gates.door.removeQuestion", { n: at + 1 })}
            onClick={() => onChange(questions.filter((_, other) => other !== at))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {questions.length < MOST_QUESTIONS && (
        <button type="button" className="text-button" onClick={() => onChange([...questions, ""])}>
          {t("gates.door.addQuestion")}
        </button>
      )}
    </fieldset>
  );
}

/** Re-entry, the automatic exit, walk-ins, undo, the kiosk's welcome and questions. */
export function DoorForm() {
  const event = useEvent();
  const { t, count } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()(MANAGE_GATES);
  const source: Source<DoorFields> = {
    async read() {
      const { body, version } = await readDoorSettings(event.id);
      return { body: fieldsOf(body), version };
    },
    async write(change, version) {
      const before = await readDoorSettings(event.id);
      const wanted = settingsOf({ ...fieldsOf(before.body), ...change });
      const saved = await writeDoorSettings(event.id, wanted, version);
      offerUndo({
        done: t("gates.door.saved"),
        async undo() {
          await writeDoorSettings(event.id, settingsOf(fieldsOf(before.body)), saved.version);
          await queries.invalidateQueries({ queryKey: ["edited", "door", event.id] });
          await queries.invalidateQueries({ queryKey: ["event", event.id] });
        },
      });
      return { body: fieldsOf(saved.body), version: saved.version };
    },
    saved: () => void queries.invalidateQueries({ queryKey: ["event", event.id] }),
  };
  const yesNo = (on: boolean) => t(on ? "gates.door.yes" : "gates.door.no");
  return (
    <EditForm
      name={["door", event.id]}
      label={t("gates.section.door")}
      source={source}
      held={allowed.disabled ? (allowed.title ?? t("allowed.not")) : null}
      note={t("gates.settingsReach")}
      fields={NAMES}
      show={{
        re_entry: { label: t("setup.re_entry.label"), say: (way) => t(`setup.re_entry.${way}`) },
        auto_exit: { label: t("gates.door.autoExit"), say: (time) => time || t("gates.door.never") },
        walk_ins: { label: t("gates.door.walkIns"), say: yesNo },
        undo_minutes: {
          label: t("gates.door.undo"),
          say: (minutes) => t("gates.minutes", { count: Number(minutes) }),
        },
        kiosk_welcome: { label: t("gates.door.welcome"), say: (text) => text },
        questions: {
          label: t("gates.door.questions"),
          say: (questions) => joined(questions, " · ") || count(0),
        },
        badge: {
          label: t("gates.door.badge.title"),
          say: ({ kind, paper }) =>
            kind === "nothing"
              ? t("gates.door.badge.none")
              : joined([t(`gates.door.badge.kinds.${kind}`), t(`gates.door.badge.papers.${paper}`)], " · "),
        },
        show_photo: { label: t("gates.door.badge.photo"), say: yesNo },
      }}
    >
      {({ typed, of, change }) => (
        <div className={styles.fields}>
          <div className={styles.two}>
            <NativeSelect
              label={t("setup.re_entry.label")}
              description={t("gates.door.reEntryText")}
              value={typed.re_entry}
              error={of("re_entry")}
              data={RE_ENTRY.map((value) => ({ value, label: t(`setup.re_entry.${value}`) }))}
              onChange={({ target }) =>
                change({ re_entry: RE_ENTRY.find((known) => known === target.value) ?? "single" })
              }
            />
            <TimeField
              label={t("gates.door.autoExit")}
              note={t("gates.door.autoExitText")}
              time={typed.auto_exit}
              error={of("auto_exit_minute")}
              onChange={(auto_exit) => change({ auto_exit })}
            />
            <NumberInput
              label={t("gates.door.undo")}
              description={t("gates.door.undoText")}
              min={0}
              max={60}
              allowDecimal={false}
              allowNegative={false}
              clampBehavior="blur"
              value={typed.undo_minutes}
              error={of("undo_minutes")}
              onChange={(undo_minutes) => change({ undo_minutes })}
            />
            <Switch
              className={own.switch ?? ""}
              label={t("gates.door.walkIns")}
              description={t("gates.door.walkInsText")}
              checked={typed.walk_ins}
              onChange={({ target }) => change({ walk_ins: target.checked })}
            />
          </div>
          <Textarea
            label={t("gates.door.welcome")}
            description={t("gates.door.welcomeText")}
            rows={2}
            maxLength={200}
            value={typed.kiosk_welcome}
            error={of("kiosk_welcome")}
            onChange={({ target }) => change({ kiosk_welcome: target.value })}
          />
          <Questions questions={typed.questions} of={of} onChange={(questions) => change({ questions })} />
          {of("questions") !== null && <p role="alert">{of("questions")}</p>}
          <BadgeFields badge={typed.badge} of={of} onChange={(badge) => change({ badge })} />
          <Switch
            label={t("gates.door.badge.photo")}
            description={t("gates.door.badge.photoText")}
            checked={typed.show_photo}
            onChange={({ target }) => change({ show_photo: target.checked })}
          />
        </div>
      )}
    </EditForm>
  );
}
