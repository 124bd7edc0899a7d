import type { Delivery } from "../../api/rowTypes";
import { DELIVERY_TONE } from "../../api/deliveryTones";
import { useEvent } from "../../api";
import { formatShortMoment, useSpeech } from "../../locales";
import { Status } from "../../shared/Status";
import styles from "./Invitations.module.css";

/** The messages of an invitation, the newest last, and what became of each. */
export function Messages({ deliveries }: { deliveries: readonly Delivery[] }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  return (
    <section aria-labelledby="messages">
      <h3 id="messages">{t("messages.title")}</h3>
      {deliveries.length === 0 && <p className="quiet">{t("messages.none")}</p>}
      <ul className={styles.lines}>
        {deliveries.map((message) => (
          <li key={message.id}>
            <span>
              {t(`channel.${message.channel}`)}
              {message.detail !== "" && (
                <span className={`quiet small ${styles.detail}`}>{message.detail}</span>
              )}
            </span>
            <span>
              <Status tone={DELIVERY_TONE[message.status]}>
                {t(`deliveryStatus.${message.status}`)}
              </Status>
              <time
                className={`quiet small ${styles.detail}`}
                dateTime={new Date(message.sent_at ?? message.queued_at).toISOString()}
              >
                {formatShortMoment(locale, time_zone, message.sent_at ?? message.queued_at)}
              </time>
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}
