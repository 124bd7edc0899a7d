import { joined, useSpeech } from "../../locales";
import { Problem } from "../../shared/problem";
import { useRefusal } from "../../shared/useRefusal";
import { type DoorSpeech, toneOf, VerdictShape, wordsOf } from "../../shared/verdict";
import { Preview } from "./camera/Preview";
import type { Camera } from "./camera/useCamera";
import styles from "./Idle.module.css";
import { Sign } from "./Sign";
import type { OpenGate } from "./useGate";

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
  const { t } = useSpeech();
  const refusal = useRefusal();
  const { door, direction, state } = open;
  const { sight } = camera;
  const { last } = state;
  const zone = door?.event.time_zone ?? "Etc/UTC";
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
        {last !== null ? (
          <p>
            <span className={styles.shape}>
              <VerdictShape tone={toneOf(last)} />
            </span>
            {joined([wordsOf(last, speech, zone).head, last.name, last.note], " · ")}
          </p>
        ) : (
          !silent && <p>{t("gate.ready")}</p>
        )}
      </div>
    </div>
  );
}
