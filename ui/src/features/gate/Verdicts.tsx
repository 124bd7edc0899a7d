import type { ReactNode } from "react";
import { isolate, useSpeech } from "../../locales";
import { useRefusal } from "../../shared/useRefusal";
import {
  type DoorSpeech,
  type Shown,
  toneOf,
  UndecidedScreen,
  VerdictGround,
  VerdictScreen,
  VerdictShape,
  wordsOf,
} from "../../shared/verdict";
import { type Aside, type Now, worstOf } from "./presenting";
import styles from "./Verdicts.module.css";

/** Several verdicts at once, of a party that was admitted by hand: one line each. */
function SeveralScreen({
  items,
  speech,
  zone,
  foot,
}: {
  items: readonly Shown[];
  speech: DoorSpeech;
  zone: string;
  foot: ReactNode;
}) {
  const { t, count } = useSpeech();
  const tone = worstOf(items);
  const passed = items.filter(({ verdict }) => verdict === "admitted" || verdict === "exited").length;
  const questions = [...new Set(items.flatMap((shown) => shown.questions))];
  const words =
    tone === "undone"
      ? { head: speech.say("head.undone"), why: t("gate.severalUndone", { count: items.length }), todo: null }
      : {
          head: t("gate.severalHead", { passed: count(passed), all: count(items.length) }),
          why: null,
          todo: passed === items.length ? null : t("gate.severalTodo"),
        };
  return (
    <VerdictGround tone={tone} words={words} label={speech.say(`tone.${tone}`)} dense={questions.length > 0} foot={foot}>
      <ul className={styles.several}>
        {items.map((shown) => (
          <li key={shown.scan}>
            <span className={styles.shape}>
              <VerdictShape tone={toneOf(shown)} />
            </span>
            <strong>{isolate(shown.name ?? speech.say("unnamed"))}</strong>
            {toneOf(shown) !== "admitted" && tone !== "undone" && <span>{wordsOf(shown, speech, zone).head}</span>}
          </li>
        ))}
      </ul>
      {questions.length > 0 && (
        <ul className={styles.questions}>
          {questions.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      )}
    </VerdictGround>
  );
}

/** What was decided, over the whole of its place; nothing while the gate is at rest. */
export function Verdicts({
  now,
  turn,
  speech,
  zone,
  face,
  acts,
  clear,
}: {
  now: Now;
  turn: number;
  speech: DoorSpeech;
  zone: string;
  /** Address of the holder's picture; null where none is shown. */
  face: string | null;
  /** What can be done about it. */
  acts: ReactNode;
  clear(): void;
}) {
  const { t } = useSpeech();
  const refusal = useRefusal();
  if (now.kind === "idle") return null;
  const foot = (
    // A touch of a button is not a touch of the verdict.
    <div className={styles.acts} onClick={(click) => click.stopPropagation()}>
      {acts}
    </div>
  );
  return (
    <div key={turn} className={styles.over} data-kind={now.kind} onClick={clear}>
      {now.kind === "asking" && (
        <div className={styles.asking} role="status">
          <span aria-hidden="true">…</span>
          <p>{t("gate.asking")}</p>
        </div>
      )}
      {now.kind === "shown" && <VerdictScreen shown={now.shown} speech={speech} zone={zone} face={face} foot={foot} />}
      {now.kind === "several" && <SeveralScreen items={now.items} speech={speech} zone={zone} foot={foot} />}
      {now.kind === "undecided" && (
        <UndecidedScreen speech={speech} what={!now.byHand ? "code" : now.because === null ? "hand" : "refused"} foot={foot}>
          {now.because !== null && (
            <p className={styles.because}>
              {refusal({ code: now.because.code, message: now.because.message })}
            </p>
          )}
        </UndecidedScreen>
      )}
    </div>
  );
}

/** Verdicts that a newer code overtook, in a corner. */
export function Asides({ asides, speech, zone }: { asides: readonly Aside[]; speech: DoorSpeech; zone: string }) {
  const { t } = useSpeech();
  return (
    <div role="status">
      <ul className={styles.asides} aria-label={t("gate.before")}>
      {asides.map(({ shown }) => (
        <li key={shown.scan} data-tone={toneOf(shown)}>
          <span className={styles.shape}>
            <VerdictShape tone={toneOf(shown)} />
          </span>
          {isolate(shown.name ?? speech.say("unnamed"))} · {wordsOf(shown, speech, zone).head}
        </li>
      ))}
      </ul>
    </div>
  );
}
