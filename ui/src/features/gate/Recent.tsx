import type { Line } from "../../api/gate";
import { formatTime, isolate, joined, useSpeech } from "../../locales";
import { type DoorSpeech, isCode, toneOf, VerdictShape } from "../../shared/verdict";
import styles from "./Recent.module.css";
import { Sheet } from "./Sheet";

/** The word for a scan's verdict. */
export function lineWord(line: Pick<Line, "code" | "verdict">, speech: DoorSpeech): string {
  if (line.code === "admitted" || line.code === "exited") return speech.say(`tone.${line.code}`);
  return isCode(line.code) ? speech.say(`head.${line.code}`) : speech.say("head.unknown");
}

/** The last scans of this gate, newest first, each with its undo while there is time. */
export function Recent({
  lines,
  speech,
  zone,
  now,
  side,
  undo,
  print,
  close,
}: {
  lines: readonly Line[];
  speech: DoorSpeech;
  zone: string;
  /** The office's clock, UTC ms. */
  now: number;
  side: "left" | "right";
  undo(line: Line): void;
  /** Prints a badge again; null where the event prints none. */
  print: ((line: Line) => void) | null;
  close(): void;
}) {
  const { t, locale } = useSpeech();
  return (
    <Sheet title={t("gate.recent")} side={side} close={close}>
      {lines.length === 0 && <p className="quiet">{t("gate.recentNone")}</p>}
      <ol className={styles.lines} data-prints={print !== null ? "" : undefined}>
        {lines.map((line) => {
          const who = line.name ?? (line.number === null ? t("gate.nobody") : t("gate.number", { n: line.number }));
          const open = line.undo_until !== null && line.undo_until > now;
          return (
            <li key={line.scan} className={styles.line}>
              <span className={styles.shape} data-tone={toneOf({ verdict: line.verdict, attention: false })}>
                <VerdictShape tone={line.verdict} />
              </span>
              <span className={styles.who}>
                <strong>{isolate(who)}</strong>
                <span className="quiet">
                  {joined(
                    [
                      lineWord(line, speech),
                      line.undone && line.verdict !== "undone" && speech.say("head.undone"),
                      line.name === null || line.number === null ? null : `#${line.number}`,
                      line.ticket_type,
                      line.gate,
                    ],
                    " · ",
                  )}
                </span>
              </span>
              <time className={styles.time}>{formatTime(locale, zone, line.at)}</time>
              {print !== null && line.badge ? (
                <button type="button" className={styles.undo} onClick={() => print(line)}>
                  {t("gate.badge.again")}
                  <span className={styles.unseen}> {isolate(who)}</span>
                </button>
              ) : (
                print !== null && <span />
              )}
              {open ? (
                <button type="button" className={styles.undo} onClick={() => undo(line)}>
                  {t("gate.undo")}
                  <span className={styles.unseen}> {isolate(who)}</span>
                </button>
              ) : (
                <span />
              )}
            </li>
          );
        })}
      </ol>
    </Sheet>
  );
}
