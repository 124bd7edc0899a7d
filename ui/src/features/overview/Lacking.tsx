import { Link } from "@tanstack/react-router";
import { useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Status } from "../../shared/Status";
import { useRefusal } from "../../shared/useRefusal";
import styles from "./Overview.module.css";

/** The part of the event's settings in which a field is mended. */
function sectionOf(field: string): string {
  const [head = ""] = field.split(/[.[]/);
  if (head === "place") return "place";
  if (head === "schedule" || head === "sessions") return "dates";
  if (head === "ticket_types") return "types";
  return head === "photos" ? "photos" : "details";
}

/** What a draft lacks before it can be published, each with the way to mend it. */
export function Lacking() {
  const { t } = useSpeech();
  const event = useEvent();
  const say = useRefusal();
  if (event.status !== "draft") return null;
  if (event.lacking.length === 0) {
    return (
      <p className={styles.ready}>
        <Status tone="good">{t("lacking.nothing")}</Status>
      </p>
    );
  }
  return (
    <section className={styles.lacking} aria-labelledby="lacking">
      <h2 id="lacking">{t("lacking.title", { count: event.lacking.length })}</h2>
      <ul>
        {event.lacking.map((problem) => (
          <li key={problem.field + problem.code}>
            <Status tone="wait">{say(problem)}</Status>
            <Link
              className="link"
              to="/events/$event/setup"
              params={{ event: event.id }}
              search={{ section: sectionOf(problem.field) }}
              aria-label={`${t("lacking.mend")}: ${say(problem)}`}
            >
              {t("lacking.mend")}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  );
}
