import { joined, useSpeech } from "../../locales";
import { Problem } from "../../shared/problem";
import { useRefusal } from "../../shared/useRefusal";
import { type DoorSpeech, letsPass, toneOf, VerdictShape, wordsOf } from "../../shared/verdict";
import { Preview } from "./camera/Preview";
import type { Camera } from "./camera/useCamera";
import styles from "./Idle.module.css";
import { worstOf } from "./presenting";
import { Sign } from "./Sign";
import type { OpenGate } from "./useGate";

/** So many of a party are named. */
const FEW = 3;

/** The gate at rest: what the camera sees, and what to do. */
export function Idle({
  open,
  camera,
  speech,
  silent,
}: {
  open: OpenGate;
  camera: Camera;
  speech: DoorSpeech;
  /** Whether sounds are wanted and no touch has allowed them yet. */
  silent: boolean;
}) {
  const { t, count } = useSpeech();
  const refusal = useRefusal();
  const { door, direction, state } = open;
  const { sight } = camera;
  const zone = door?.event.time_zone ?? "Etc/UTC";
  const { last } = state;
  const [only] = last;
  const passed = last.filter((shown) => letsPass(toneOf(shown))).length;
  const before =
    only !== undefined && last.length === 1
      ? [wordsOf(only, speech, zone).head, only.name, only.note]
      : [
          worstOf(last) === "undone"
            ? speech.say("head.undone")
            : t("gate.severalHead", { passed: count(passed), all: count(last.length) }),
          joined(last.slice(0, FEW).map(({ name }) => name ?? speech.say("unnamed")), ", ") + (last.length > FEW ? " …" : ""),
        ];
  const names = [door?.event.title, door?.gate.name, door?.gate.zone, door?.gate.session];
  return (
    <div className={styles.idle}>
      <p className={styles.where}>{joined(names, " · ")}</p>
      {open.trouble !== null && (
        <p className={styles.noDoor} role="alert">
          {open.trouble instanceof Problem && open.trouble.status !== 0
            ? refusal({ code: open.trouble.code, message: open.trouble.message })
            : t("gate.noAnswer")}
        </p>
      )}
      {direction === "exit" && <p className={styles.exit}>{t("gate.exitNow")}</p>}
      <div className={styles.sight} data-off={sight === "off" ? "" : undefined}>
        {sight !== "off" && <Preview camera={camera} mirrored={false} label={t("gate.preview")} />}
        {sight !== "ok" && (
          <div className={styles.trouble} role={sight === "opening" || sight === "off" ? "status" : "alert"} data-sight={sight}>
            <Sign name={sight === "off" ? "keys" : "camera"} />
            <strong>{t(`gate.sight.${sight}`)}</strong>
            <span>{t(`gate.sightText.${sight}`)}</span>
          </div>
        )}
      </div>
      <h1 className={styles.ask}>{t("gate.showCode")}</h1>
      <div className={styles.last}>
        {silent && <p>{t("gate.touchForSound")}</p>}
        {only !== undefined ? (
          <p>
            <span className={styles.shape}>
              <VerdictShape tone={worstOf(last)} />
            </span>
            {joined(before, " · ")}
          </p>
        ) : (
          !silent && <p>{t("gate.ready")}</p>
        )}
      </div>
    </div>
  );
}
