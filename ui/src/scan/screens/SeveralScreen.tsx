import { isolate } from "../../locales/direction";
import { toneOf, VerdictGround, VerdictShape, wordsOf } from "../../shared/verdict";
import type { ReactNode } from "react";
import { useSpeech } from "../words";
import { type Item, passes, toneOfAll } from "./verdicts";

/** Several verdicts that came together: one line each, on the ground of the gravest. */
export function SeveralScreen({ items, zone, children }: { items: readonly Item[]; zone: string; children?: ReactNode }) {
  const { say, door } = useSpeech();
  const tone = toneOfAll(items);
  const passed = items.filter(passes).length;
  const questions = [...new Set(items.flatMap(({ shown }) => shown?.questions ?? []))];
  const words = {
    head: say("several.head", { passed, all: items.length }),
    why: null,
    todo: passed === items.length ? null : say("several.todo"),
  };
  return (
    <VerdictGround tone={tone} words={words} label={door.say(`tone.${tone}`)}>
      <ul className="several">
        {items.map((item) => (
          <li key={item.code}>
            <VerdictShape tone={item.shown === null ? "undecided" : toneOf(item.shown)} />
            {item.shown !== null && item.shown.ticket !== null && <strong>{isolate(item.shown.name ?? door.say("unnamed"))}</strong>}
            {!passes(item) && (
              <span>{item.shown === null ? door.say("head.undecided") : wordsOf(item.shown, door, zone).head}</span>
            )}
          </li>
        ))}
      </ul>
      {questions.length > 0 && (
        <ul className="several">
          {questions.map((question) => (
            <li key={question}>{question}</li>
          ))}
        </ul>
      )}
      {children}
    </VerdictGround>
  );
}
