import { Link } from "@tanstack/react-router";
import { useEvent } from "../../api";
import type { Message } from "../../api/deliveryTypes";
import { useMessageWords } from "../../api/useMessageWords";
import { useSpeech } from "../../locales";
import { MessageLines } from "../../shared/MessageLines";

/** The messages of an invitation, the newest last, and what became of each. */
export function Messages({ number, deliveries }: { number: string; deliveries: readonly Message[] }) {
  const { t } = useSpeech();
  const { id, time_zone } = useEvent();
  const { line } = useMessageWords();
  return (
    <section aria-labelledby="messages">
      <h3 id="messages">{t("messages.title")}</h3>
      {deliveries.length === 0 ? (
        <p className="quiet">{t("messages.none")}</p>
      ) : (
        <>
          <MessageLines lines={deliveries.map((message) => line(message, time_zone))} />
          <p>
            <Link
              className="link"
              to="/events/$event/delivery"
              params={{ event: id }}
              search={{ section: "messages", q: number }}
            >
              {t("messages.open")}
            </Link>
          </p>
        </>
      )}
    </section>
  );
}
