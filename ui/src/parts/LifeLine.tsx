import type { LifeLine as Times } from "../api/types";
import { useEvent } from "../app/event";
import { useSpeech } from "../i18n/Speech";
import { formatMoment } from "../i18n/format";
import { fill } from "../i18n/language";

const STEPS = ["created", "rendered", "emailed", "downloaded", "opened", "checked_in"] as const;

/** What has happened to a ticket, from its issue to the door. */
export function LifeLine({ times, gate }: { times: Times; gate: string | null }) {
  const { words, locale } = useSpeech();
  const { time_zone } = useEvent();
  return (
    <section aria-labelledby="life-line">
      <h3 id="life-line">{words.lifeLine.title}</h3>
      <ol className="life-line">
        {STEPS.map((step) => {
          const at = times[step];
          return (
            <li key={step} className={at === null ? "ahead" : step === "checked_in" ? "came" : "done"}>
              <span className="step">{words.lifeLine[step]}</span>
              {at === null ? (
                <span className="when">{words.lifeLine.notYet}</span>
              ) : (
                <time className="when" dateTime={new Date(at).toISOString()}>
                  {formatMoment(locale, time_zone, at)}
                  {step === "checked_in" && gate !== null && (
                    <> {fill(words.lifeLine.atGate, { gate })}</>
                  )}
                </time>
              )}
            </li>
          );
        })}
      </ol>
    </section>
  );
}
