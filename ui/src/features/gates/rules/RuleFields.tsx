import { Switch, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { EntryRule } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { Note } from "../../../shared/Note";
import { readLogic, writeLogic } from "./logic";
import styles from "./rules.module.css";
import { lackOf, newSentence } from "./sentence";
import { SentenceFields } from "./SentenceFields";
import { Try } from "./Try";
import { useSay } from "./useSay";

export type RuleTyped = Pick<EntryRule, "title" | "logic" | "enabled"> & { message: string };

/** What can't be saved yet, as a key of the texts; null when all is there. */
export function lackOfRule(logic: unknown) {
  const sentence = readLogic(logic);
  return sentence === null ? null : lackOf(sentence);
}

function LogicText({ logic, error, onChange }: { logic: unknown; error: string | null; onChange(logic: unknown): void }) {
  const { t } = useSpeech();
  const [text, setText] = useState(() => JSON.stringify(logic, null, 2));
  const [problem, setProblem] = useState<string | null>(null);
  return (
    <Textarea
      classNames={{ input: styles.text ?? "" }}
      label={t("gates.rules.logic")}
      description={t("gates.rules.logicText")}
      autosize
      minRows={6}
      maxRows={20}
      spellCheck={false}
      value={text}
      error={problem ?? error}
      onChange={({ target }) => {
        setText(target.value);
        try {
          onChange(JSON.parse(target.value));
          setProblem(null);
        } catch (refusal) {
          // What was typed stays; the rule is the last text that could be read.
          setProblem(t("gates.rules.noJson", { why: refusal instanceof Error ? refusal.message : "" }));
        }
      }}
    />
  );
}

/** A rule: what it is called, its sentence or its logic, what staff are told, and a way to try it. */
export function RuleFields({
  typed,
  of,
  change,
}: {
  typed: RuleTyped;
  of(field: string): string | null;
  change(patch: Partial<RuleTyped>): void;
}) {
  const { t } = useSpeech();
  const say = useSay();
  const [asText, showText] = useState(false);
  const sentence = readLogic(typed.logic);
  const lack = sentence === null ? null : lackOf(sentence);
  return (
    <div className={styles.fields}>
      <TextInput
        label={t("gates.rules.title")}
        maxLength={120}
        value={typed.title}
        error={of("title")}
        onChange={({ target }) => change({ title: target.value })}
      />
      <Switch
        label={t("gates.rules.enabled")}
        checked={typed.enabled}
        onChange={({ target }) => change({ enabled: target.checked })}
      />
      {sentence !== null && (
        <p className={styles.said} role="status">
          {lack === null ? say(sentence) : t(`gates.rules.lack.${lack}`)}
        </p>
      )}
      {sentence === null && <Note>{t("gates.rules.notReadable")}</Note>}
      {sentence === null || asText ? (
        <LogicText logic={typed.logic} error={of("logic")} onChange={(logic) => change({ logic })} />
      ) : (
        <>
          <SentenceFields sentence={sentence} onChange={(next) => change({ logic: writeLogic(next) })} />
          {of("logic") !== null && (
            <p className={styles.refused} role="alert">
              {of("logic")}
            </p>
          )}
        </>
      )}
      <div>
        {sentence === null ? (
          <button type="button" className="link" onClick={() => change({ logic: writeLogic(newSentence()) })}>
            {t("gates.rules.beginAnew")}
          </button>
        ) : (
          <button type="button" className="link" aria-pressed={asText} onClick={() => showText(!asText)}>
            {t(asText ? "gates.rules.asSentence" : "gates.rules.asLogic")}
          </button>
        )}
      </div>
      <Textarea
        label={t("gates.rules.message")}
        description={t("gates.rules.messageText")}
        rows={2}
        maxLength={300}
        value={typed.message}
        error={of("message")}
        onChange={({ target }) => change({ message: target.value })}
      />
      <Try logic={typed.logic} sentence={sentence} />
    </div>
  );
}
