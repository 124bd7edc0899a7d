import { useCallback, useEffect, useRef, useState } from "react";
import { checkPin } from "../../api/gate";
import { useSpeech } from "../../locales";
import { type DoorSpeech, type Shown, toneOf, VerdictGround } from "../../shared/verdict";
import { Preview } from "./camera/Preview";
import { useCamera } from "./camera/useCamera";
import type { GateChoices } from "./gateChoices";
import styles from "./Kiosk.module.css";
import { kioskWords } from "./kioskWords";
import { Pin } from "./Pin";
import { unstaffed } from "./presenting";
import { Sign } from "./Sign";
import { useDoorSpeech, useGate } from "./useGate";
import { useKioskLock } from "./useKioskLock";
import { useSerial } from "./serial/useSerial";
import { useTyped } from "./useTyped";

/** A PIN that nobody types is asked for no longer. */
const PIN_MS = 30_000;

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
  const { door, presenting, state, away } = open;
  const { now, turn } = state;
  const shown = now.kind === "shown" ? now.shown : null;
  const speech = useDoorSpeech(shown?.language ?? language);
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
  const askPin = useCallback(() => {
    // Without a PIN anybody may leave; the settings said so before the kiosk began.
    if (door?.pin_set === false) go();
    else setAsking(true);
  }, [door?.pin_set, go]);
  useKioskLock(
    useCallback(() => left.current, []),
    askPin,
  );
  useEffect(() => {
    if (!asking) return;
    const timer = setTimeout(() => setAsking(false), PIN_MS);
    return () => clearTimeout(timer);
  }, [asking]);

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
      {asking && (
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
