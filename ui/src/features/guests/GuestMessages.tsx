import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useEvent } from "../../api";
import { askDelivery } from "../../api/askDelivery";
import { useMessageWords } from "../../api/useMessageWords";
import { useSpeech } from "../../locales";
import { MessageLines } from "../../shared/MessageLines";

/** What a guest's party was sent, the newest last, and what became of it. */
export function GuestMessages({ id, invitation }: { id: string; invitation: string }) {
  const event = useEvent();
  const { t } = useSpeech();
  const { line } = useMessageWords();
  const read = useQuery(askDelivery.ofGuest(event.id, id));
  if (read.data === undefined) return null;
  return (
    <section aria-labelledby="guest-messages">
      <h3 id="guest-messages">{t("messages.title")}</h3>
      {read.data.length === 0 ? (
        <p className="quiet">{t("messages.none")}</p>
      ) : (
        <>
          <MessageLines lines={read.data.map((message) => line(message, event.time_zone))} />
          <p>
            <Link
              className="link"
              to="/events/$event/delivery"
              params={{ event: event.id }}
              search={{ section: "messages", q: invitation }}
            >
              {t("messages.open")}
            </Link>
          </p>
        </>
      )}
    </section>
  );
}
