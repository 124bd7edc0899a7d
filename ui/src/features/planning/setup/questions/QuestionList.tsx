import { Checkbox, NativeSelect, TextInput } from "@mantine/core";
import type { Question } from "../../../../api/answers";
import { useSpeech } from "../../../../locales";
import { Icon } from "../../../../shared/Icon";
import { answeredBy, MOST_CHOICES, MOST_QUESTIONS, moved, newQuestion } from "./questionFields";
import styles from "./questions.module.css";

const KINDS = ["short", "long", "choice", "yes_no"] as const satisfies readonly Question["kind"][];
const ASKED = ["person", "party"] as const satisfies readonly Question["asked"][];

type Of = (field: string) => string | null;

function Choices({
  choices,
  field,
  of,
  onChange,
}: {
  choices: readonly string[];
  field: string;
  of: Of;
  onChange(choices: string[]): void;
}) {
  const { t } = useSpeech();
  return (
    <div className={styles.choices}>
      {choices.map((choice, at) => (
        <div key={at} className={styles.line}>
          <TextInput
            aria-label={t("questions.choice", { n: at + 1 })}
            placeholder={t("questions.choice", { n: at + 1 })}
            maxLength={200}
            value={choice}
            error={of(`${field}.${at}`)}
            onChange={({ target }) => onChange(choices.with(at, target.value))}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("questions.removeChoice", { n: at + 1 })}
            onClick={() => onChange(choices.filter((_, other) => other !== at))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {of(field) !== null && <p role="alert">{of(field)}</p>}
      {choices.length < MOST_CHOICES && (
        <button type="button" className="text-button" onClick={() => onChange([...choices, ""])}>
          {t("questions.addChoice")}
        </button>
      )}
    </div>
  );
}

/** The event's own questions, in the order in which guests read them. */
export function QuestionList({
  questions,
  of,
  onChange,
}: {
  questions: readonly Question[];
  of: Of;
  onChange(questions: Question[]): void;
}) {
  const { t } = useSpeech();
  const put = (at: number, question: Question) => onChange(questions.with(at, question));
  return (
    <fieldset className={styles.questions}>
      <legend>{t("questions.title")}</legend>
      <p className="quiet small">{t("questions.text")}</p>
      {questions.map((question, at) => {
        const field = `questions.${at}`;
        const n = at + 1;
        return (
          <fieldset key={question.id} className={styles.question}>
            <legend className="quiet small">{t("questions.one", { n })}</legend>
            <div className={styles.line}>
              <TextInput
                aria-label={t("questions.asks", { n })}
                placeholder={t("questions.asksHint")}
                maxLength={200}
                value={question.text}
                error={of(`${field}.text`)}
                onChange={({ target }) => put(at, { ...question, text: target.value })}
              />
              <button
                type="button"
                className="icon-button"
                aria-label={t("questions.up", { n })}
                disabled={at === 0}
                onClick={() => onChange(moved(questions, at, -1))}
              >
                <span aria-hidden="true">↑</span>
              </button>
              <button
                type="button"
                className="icon-button"
                aria-label={t("questions.remove", { n })}
                onClick={() => onChange(questions.filter((_, other) => other !== at))}
              >
                <Icon name="close" />
              </button>
            </div>
            <div className={styles.how}>
              <NativeSelect
                label={t("questions.kind")}
                value={question.kind}
                data={KINDS.map((value) => ({ value, label: t(`questions.kinds.${value}`) }))}
                onChange={({ target }) => {
                  const kind = KINDS.find((known) => known === target.value) ?? "short";
                  put(at, answeredBy(question, kind));
                }}
              />
              <NativeSelect
                label={t("questions.asked")}
                value={question.asked}
                data={ASKED.map((value) => ({ value, label: t(`questions.askedOf.${value}`) }))}
                onChange={({ target }) =>
                  put(at, { ...question, asked: ASKED.find((known) => known === target.value) ?? "person" })
                }
              />
              <Checkbox
                label={t("questions.required")}
                checked={question.required}
                onChange={({ target }) => put(at, { ...question, required: target.checked })}
              />
            </div>
            {question.kind === "choice" && (
              <Choices
                choices={question.choices}
                field={`${field}.choices`}
                of={of}
                onChange={(choices) => put(at, { ...question, choices })}
              />
            )}
          </fieldset>
        );
      })}
      {of("questions") !== null && <p role="alert">{of("questions")}</p>}
      {questions.length < MOST_QUESTIONS && (
        <button
          type="button"
          className="text-button"
          onClick={() => onChange([...questions, newQuestion(questions)])}
        >
          {t("questions.add")}
        </button>
      )}
    </fieldset>
  );
}
