import { useQuery } from "@tanstack/react-query";
import { useEvent } from "../../api";
import { askAnswers } from "../../api/answers";
import { useSpeech } from "../../locales";
import { Bars } from "../../shared/Bars";
import styles from "./Overview.module.css";

/** How many of those who are invited come, do not, or have not said. */
export function Turnout() {
  const { t } = useSpeech();
  const event = useEvent();
  const turnout = useQuery(askAnswers.turnout(event.id)).data;
  if (turnout === undefined || turnout.invitations === 0) return null;
  return (
    <section className={styles.block} aria-labelledby="turnout">
      <h2 id="turnout">{t("answers.turnout")}</h2>
      <Bars
        bars={[
          { key: "accepted", label: t("answers.accepted"), count: turnout.accepted, tone: "good" },
          { key: "declined", label: t("answers.declined"), count: turnout.declined, tone: "bad" },
          { key: "pending", label: t("answers.pending"), count: turnout.pending },
        ]}
      />
      {turnout.confirmed > 0 && <p className="quiet">{t("answers.confirmed", { count: turnout.confirmed })}</p>}
      {turnout.silent > 0 && <p className="quiet">{t("answers.silent", { count: turnout.silent })}</p>}
    </section>
  );
}
