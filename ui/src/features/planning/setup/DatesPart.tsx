import { Button } from "@mantine/core";
import { type Session, useEvent } from "../../../api";
import { formatSlot, formatTime, useSpeech } from "../../../locales";
import { usePlace } from "../../../shared/place";
import { Status } from "../../../shared/Status";
import { useHeld } from "./useHeld";
import styles from "./setup.module.css";

/** Address of the pane that adds something. */
export const NEW = "new";

function Line({ session, chosen, open }: { session: Session; chosen: boolean; open(): void }) {
  const { t, locale, count } = useSpeech();
  const { time_zone: zone } = useEvent();
  const over = session.ends_at < Date.now();
  return (
    <li>
      <button type="button" className={styles.line} aria-current={chosen} onClick={open}>
        <span className={`${session.status === "cancelled" ? "struck" : ""} ${over ? "quiet" : ""}`}>
          {formatSlot(locale, zone, session.starts_at, session.ends_at)}
          {session.title !== null && <span className="strong"> {session.title}</span>}
        </span>
        <span className="quiet small">
          {session.doors_at < session.starts_at &&
            t("overview.doors", { time: formatTime(locale, zone, session.doors_at) })}
          {session.capacity !== null && ` · ${t("overview.upTo", { n: session.capacity })}`}
          {session.online_capacity !== null &&
            ` · ${t("placeMode.online")}: ${count(session.online_capacity)}`}
        </span>
        {session.status !== "scheduled" ? (
          <Status tone={session.status === "cancelled" ? "bad" : "came"}>
            {t(`sessionStatus.${session.status}`)}
          </Status>
        ) : (
          session.customized && <Status tone="wait">{t("setup.customized")}</Status>
        )}
      </button>
    </li>
  );
}

/** The dates of the event; each opens beside the list. */
export function DatesPart() {
  const { t } = useSpeech();
  const event = useEvent();
  const { open, settle } = usePlace();
  const held = useHeld("schedule");
  return (
    <div className={styles.part}>
      {held !== null && <p className="quiet">{held}</p>}
      <ul className={styles.lines}>
        {event.sessions.map((session) => (
          <Line
            key={session.id}
            session={session}
            chosen={open === session.id}
            open={() => settle({ open: session.id })}
          />
        ))}
      </ul>
      {event.kind === "one_time" ? (
        <p className="quiet">{t("setup.oneDate")}</p>
      ) : (
        <div>
          <Button variant="default" disabled={held !== null} onClick={() => settle({ open: NEW })}>
            {t("setup.addDate")}
          </Button>
        </div>
      )}
    </div>
  );
}
