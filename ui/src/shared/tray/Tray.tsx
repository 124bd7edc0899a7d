import { Progress } from "@mantine/core";
import { useState } from "react";
import { formatShare, useSpeech } from "../../locales";
import { Icon } from "../Icon";
import { Status, type Tone } from "../Status";
import styles from "./Tray.module.css";
import { dismiss, isUnderWay, useWork, type Work, type WorkState } from "./work";

const TONES: Record<WorkState, Tone> = {
  running: "wait",
  paused: "quiet",
  done: "came",
  failed: "bad",
  stopped: "quiet",
};

function WorkLine({ work }: { work: Work }) {
  const { t, locale } = useSpeech();
  const share = work.progress === null ? null : formatShare(locale, work.progress, 1);
  return (
    <li className={styles.line}>
      <span className={`${styles.title} clip`}>{work.title}</span>
      <Status tone={TONES[work.state]}>
        {work.result ?? (share === null || work.state !== "running" ? t(`tray.${work.state}`) : share)}
      </Status>
      <span className={styles.progress}>
        {isUnderWay(work) && (
          <Progress
            aria-label={work.title}
            value={(work.progress ?? 1) * 100}
            animated={work.state === "running" && work.progress === null}
            size="sm"
          />
        )}
      </span>
      <span className={styles.tools}>
        {work.state === "running" && work.pause !== undefined && (
          <button type="button" className="text-button" onClick={work.pause}>
            {t("tray.pause")}
          </button>
        )}
        {work.state === "paused" && work.resume !== undefined && (
          <button type="button" className="text-button" onClick={work.resume}>
            {t("tray.resume")}
          </button>
        )}
        {isUnderWay(work) && work.stop !== undefined && (
          <button type="button" className="text-button" onClick={work.stop}>
            {t("tray.cancel")}
          </button>
        )}
        {!isUnderWay(work) && work.open !== undefined && (
          <button type="button" className="text-button" onClick={work.open}>
            {t("tray.open")}
          </button>
        )}
        {!isUnderWay(work) && (
          <button
            type="button"
            className="icon-button"
            aria-label={`${t("tray.dismiss")}: ${work.title}`}
            onClick={() => dismiss(work.id)}
          >
            <Icon name="close" />
          </button>
        )}
      </span>
    </li>
  );
}

/** Long work at the foot of the office: it never stands in the way. */
export function Tray() {
  const { t } = useSpeech();
  const work = useWork();
  const [unfolded, setUnfolded] = useState(false);
  if (work.length === 0) return null;
  const shown = unfolded ? work : work.slice(-1);
  return (
    <section className={styles.tray} aria-label={t("tray.title")}>
      {work.length > 1 && (
        <button
          type="button"
          className="text-button"
          aria-expanded={unfolded}
          onClick={() => setUnfolded(!unfolded)}
        >
          {t("tray.more", { count: work.length })} · {unfolded ? t("tray.hide") : t("tray.show")}
        </button>
      )}
      <ul>
        {shown.map((piece) => (
          <WorkLine key={piece.id} work={piece} />
        ))}
      </ul>
    </section>
  );
}
