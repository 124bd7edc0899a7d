import { Switch } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useEvent } from "../../../../api";
import { type AnswerSettings, readQuestions, writeQuestions } from "../../../../api/answers";
import { useAllowed } from "../../../../api/useAllowed";
import { formatMoment, joined, useSpeech } from "../../../../locales";
import { DayField, TimeField } from "../../../../shared/dates";
import { localTime, momentOf } from "../../../../shared/dates/localTime";
import { EditForm, type Source } from "../../../../shared/editing";
import { offerUndo } from "../../../../shared/undo";
import planning from "../../planning.module.css";
import { QuestionList } from "./QuestionList";
import { MOST_CHOICES, MOST_QUESTIONS } from "./questionFields";
import styles from "./questions.module.css";

const SWITCHES = ["name_plus_ones", "dietary", "message", "share_tickets", "track_opens"] as const;

const NAMES = [
  "deadline",
  "questions",
  ...Array.from({ length: MOST_QUESTIONS }, (_, n) => [
    `questions.${n}.text`,
    `questions.${n}.choices`,
    ...Array.from({ length: MOST_CHOICES }, (_, choice) => `questions.${n}.choices.${choice}`),
  ]).flat(),
];

/** Until when, as clocks at the event show it. */
function Deadline({
  at,
  onChange,
}: {
  at: number | null;
  onChange(at: number | null): void;
}) {
  const { t } = useSpeech();
  const { time_zone } = useEvent();
  const local = at === null ? null : localTime(time_zone, at);
  return (
    <div className={styles.deadline}>
      <DayField
        label={t("questions.deadline")}
        description={t("questions.deadlineText")}
        day={local?.day ?? null}
        onChange={(day) =>
          onChange(day === null ? null : momentOf(time_zone, { day, time: local?.time ?? "23:59" }))
        }
      />
      <TimeField
        label={t("questions.deadlineTime")}
        note={t("questions.deadlineZone", { zone: time_zone.replaceAll("_", " ") })}
        time={local?.time ?? ""}
        error={null}
        onChange={(time) => {
          if (local !== null && /^\d{2}:\d{2}$/.test(time)) onChange(momentOf(time_zone, { day: local.day, time }));
        }}
      />
    </div>
  );
}

/** What the event asks its guests, until when, and what their page offers. */
export function Questions() {
  const { t, locale, count } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const allowed = useAllowed()("plan_events");
  const refresh = () => void queries.invalidateQueries({ queryKey: ["event", event.id] });
  const source: Source<AnswerSettings> = {
    read: () => readQuestions(event.id),
    async write(change, version) {
      const before = await readQuestions(event.id);
      const saved = await writeQuestions(event.id, { ...before.body, ...change }, version);
      offerUndo({
        done: t("questions.saved"),
        async undo() {
          await writeQuestions(event.id, before.body, saved.version);
          await queries.invalidateQueries({ queryKey: ["edited", "questions", event.id] });
          refresh();
        },
      });
      return saved;
    },
    saved: refresh,
  };
  const yesNo = (on: boolean) => t(on ? "gates.door.yes" : "gates.door.no");
  const toggle = (name: (typeof SWITCHES)[number]) => ({ label: t(`questions.${name}`), say: yesNo });
  return (
    <EditForm
      name={["questions", event.id]}
      label={t("setup.section.questions")}
      source={source}
      held={allowed.disabled ? (allowed.title ?? t("allowed.not")) : null}
      fields={NAMES}
      show={{
        deadline: {
          label: t("questions.deadline"),
          say: (at) => (at === null ? t("questions.noDeadline") : formatMoment(locale, event.time_zone, at)),
        },
        questions: {
          label: t("questions.title"),
          say: (questions) => joined(questions.map(({ text }) => text), " · ") || count(0),
        },
        dietary: toggle("dietary"),
        name_plus_ones: toggle("name_plus_ones"),
        message: toggle("message"),
        share_tickets: toggle("share_tickets"),
        track_opens: toggle("track_opens"),
      }}
    >
      {({ typed, of, change }) => (
        <div className={planning.fields}>
          <Deadline at={typed.deadline} onChange={(deadline) => change({ deadline })} />
          {SWITCHES.map((name) => (
            <Switch
              key={name}
              label={t(`questions.${name}`)}
              description={t(`questions.${name}Text`)}
              checked={typed[name]}
              onChange={({ target }) => change({ [name]: target.checked })}
            />
          ))}
          <QuestionList
            questions={typed.questions}
            of={of}
            onChange={(questions) => change({ questions })}
          />
        </div>
      )}
    </EditForm>
  );
}
