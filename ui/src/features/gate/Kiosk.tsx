import { useCallback, useEffect, useRef, useState } from "react";
import { checkPin } from "../../api/gate";
import { useSpeech } from "../../locales";
import { type DoorSpeech, languageFor, type Shown, toneOf, VerdictGround } from "../../shared/verdict";
import { useBadges } from "./badge/useBadges";
import { Preview } from "./camera/Preview";
import { useCamera } from "./camera/useCamera";
import type { GateChoices } from "./gateChoices";
import styles from "./Kiosk.module.css";
import { kioskWords } from "./kioskWords";
import { LeaveUnguarded } from "./LeaveUnguarded";
import { Pin } from "./Pin";
import { unstaffed } from "./presenting";
import { Sign } from "./Sign";
import { useDoorSpeech, useGate, useMoment } from "./useGate";
import { useKioskLock } from "./useKioskLock";
import { useSerial } from "./serial/useSerial";
import { useTyped } from "./useTyped";

/** A PIN is asked for no longer than this after the last key or touch. */
const PIN_MS = 30_000;

/** What is printed tells of itself. */
const SILENT = () => undefined;

/** What is decided about a guest, said to them in their language. */
function Said({ shown, speech, zone }: { shown: Shown; speech: DoorSpeech; zone: string }) {
  const tone = toneOf(shown);
  const words = kioskWords(shown, speech, zone);
  const passes = tone === "admitted" || tone === "exited";
  const facts = passes ? [shown.ticket_type, shown.seat, shown.zone].filter((fact) => fact !== null) : [];
  return (
    <VerdictGround
      // Red is for staff: a guest who is to wait is not to be shown up.
      tone={passes ? tone : "attention"}
      words={words}
      language={words.language}
      textLanguage={speech.language}
      label={speech.say(passes ? `tone.${tone}` : "kiosk.moment")}
      name={passes ? shown.name : null}
    >
      {facts.length > 0 && <p className={styles.facts}>{facts.join(" · ")}</p>}
    </VerdictGround>
  );
}

/** A gate with nobody at it: it greets, admits by itself, and can't be left without the PIN. */
export function Kiosk({
  event,
  gate,
  choices,
  leave,
}: {
  event: string;
  gate: string;
  choices: GateChoices;
  leave(): void;
}) {
  const { t, language } = useSpeech();
  const open = useGate(event, gate, choices, unstaffed);
  const { door, presenting, state, sounds, away } = open;
  const { now, turn } = state;
  const shown = now.kind === "shown" ? now.shown : null;
  const speech = useDoorSpeech(languageFor(shown?.language ?? null, language));
  const own = useDoorSpeech(language);
  const zone = door?.event.time_zone ?? "Etc/UTC";
  const [asking, setAsking] = useState(false);
  const left = useRef(false);

  const present = useCallback((code: string) => void presenting.present(code), [presenting]);
  useTyped(present, choices);
  const camera = useCamera(choices, present, asking);
  useSerial(choices.serial, present, asking);

  const go = useCallback(() => {
    left.current = true;
    leave();
  }, [leave]);
  const askPin = useCallback(() => setAsking(true), []);
  useKioskLock(
    useCallback(() => left.current, []),
    askPin,
  );
  useEffect(() => {
    if (!asking) return;
    const stop = () => setAsking(false);
    let timer = setTimeout(stop, PIN_MS);
    const wait = () => {
      clearTimeout(timer);
      timer = setTimeout(stop, PIN_MS);
    };
    const signs = ["keydown", "pointerdown"] as const;
    for (const sign of signs) document.addEventListener(sign, wait, true);
    return () => {
      clearTimeout(timer);
      for (const sign of signs) document.removeEventListener(sign, wait, true);
    };
  }, [asking]);

  const badges = useBadges({ event, gate, printer: choices.printer, door, state, say: SILENT });
  // Looked at again and again: nothing tells when a browser begins to let the page sound.
  useMoment(5_000);
  const silent = !sounds.ready && !choices.muted && choices.volume > 0;

  const blind = camera.sight !== "ok" && camera.sight !== "opening";
  return (
    <div className={styles.kiosk}>
      <main className={styles.attract} id="main">
        <header className={styles.head}>
          <h1>{door?.event.title ?? t("product")}</h1>
          {(door?.welcome ?? "") !== "" && <p dir="auto">{door?.welcome}</p>}
        </header>
        <div className={styles.sight} hidden={camera.sight === "off" || blind}>
          <Preview camera={camera} mirrored label={t("gate.preview")} />
        </div>
        <p className={styles.ask}>{own.say(blind ? "kiosk.scan" : "kiosk.show")}</p>
        {(away || (blind && camera.sight !== "off")) && (
          <p className={styles.trouble} role="alert">
            {away ? own.say("kiosk.staff") : t(`gate.sight.${camera.sight}`)}
          </p>
        )}
        {badges.trouble !== null && (
          <p className={styles.trouble} role="alert">
            {own.say("kiosk.badge")}
          </p>
        )}
        {silent && <p className={styles.silent}>{t("gate.touchForSound")}</p>}
      </main>
      {now.kind !== "idle" && (
        <div key={turn} className={styles.over}>
          {now.kind === "asking" && <p className={styles.asking} role="status">{own.say("kiosk.moment")}</p>}
          {shown !== null && <Said shown={shown} speech={speech} zone={zone} />}
          {now.kind === "undecided" && (
            <VerdictGround
              tone="attention"
              words={{ head: own.say("kiosk.moment"), why: own.say("kiosk.again"), todo: own.say("kiosk.staff") }}
              label={own.say("tone.undecided")}
            />
          )}
        </div>
      )}
      <button type="button" className={styles.staff} aria-label={t("gate.kioskStaff")} onClick={askPin}>
        <Sign name="supervisor" />
      </button>
      {asking && door?.pin_set === false && <LeaveUnguarded leave={go} close={() => setAsking(false)} />}
      {asking && door?.pin_set !== false && (
        <Pin
          title={t("gate.kioskLeave")}
          text={t("gate.kioskLeaveText")}
          action={t("gate.leaveKiosk")}
          send={async (pin) => {
            await checkPin(event, gate, pin);
            go();
          }}
          close={() => setAsking(false)}
        />
      )}
    </div>
  );
}
