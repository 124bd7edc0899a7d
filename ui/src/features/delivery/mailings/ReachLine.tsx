import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEvent } from "../../../api";
import { askDelivery } from "../../../api/askDelivery";
import { useSpeech } from "../../../locales";
import { Refused } from "../../../shared/form";
import { audienceOf, isNeeded, messagesOf, type TypedMailing } from "./draft";
import styles from "./newMailing.module.css";

/** Whom a mailing would reach if it went out now, and why others get none. */
export function ReachLine({ typed }: { typed: TypedMailing }) {
  const event = useEvent();
  const { t, count } = useSpeech();
  const read = useQuery({
    ...askDelivery.reach(event.id, typed.kind, audienceOf(typed), isNeeded(typed)),
    placeholderData: keepPreviousData,
  });
  if (read.isError) return <Refused error={read.error} />;
  const reach = read.data;
  if (reach === undefined) return <p className={styles.reach}>{t("loading")}</p>;
  const { email, text } = reach;
  const rest = (["later", "already", "unreachable", "unsubscribed", "without_ticket"] as const).filter((why) => reach[why] > 0);
  return (
    <div className={styles.reach} role="status" aria-busy={read.isPlaceholderData}>
      <p>
        <strong>{count(messagesOf(reach))}</strong> {t("reach.messages", { count: messagesOf(reach) })}
        {text > 0 && <span className="quiet"> · {t("reach.ways", { email: count(email), text: count(text) })}</span>}
      </p>
      {rest.map((why) => (
        <p key={why} className="quiet small">
          {t(`reach.${why}`, { count: reach[why] })}
        </p>
      ))}
    </div>
  );
}
