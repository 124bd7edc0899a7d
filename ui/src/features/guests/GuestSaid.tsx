import { useQuery } from "@tanstack/react-query";
import { useEvent } from "../../api";
import { askAnswers } from "../../api/answers";
import { useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";

/** What one guest answered on their page, and what they do not want to hear of. */
export function GuestSaid({ guest, invitation }: { guest: string; invitation: string }) {
  const { t } = useSpeech();
  const event = useEvent();
  const answers = useQuery(askAnswers.of(event.id, invitation)).data;
  const wishes = useQuery(askAnswers.preferences(event.id, guest)).data;
  const own = answers?.members.find((member) => member.guest_id === guest);
  const gone = wishes !== undefined && wishes.unsubscribed_at !== null;
  if ((own === undefined || (own.dietary === "" && own.answers.length === 0)) && !gone) return null;
  return (
    <section aria-labelledby="said">
      <h3 id="said">{t("answers.title")}</h3>
      <Facts
        facts={[
          [t("answers.dietary"), own?.dietary],
          ...(own?.answers ?? []).map(({ text, answer }) => [text, answer] as const),
          [t("answers.wishes"), gone && t("answers.unsubscribed")],
        ]}
      />
    </section>
  );
}
