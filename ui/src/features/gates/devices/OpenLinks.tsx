import { Button, Group } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEvent } from "../../../api";
import { askGates, endLink } from "../../../api/gates";
import { formatShortMoment, isolate, useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";

/** Links that nobody has opened yet, each with a way to take it back; nothing where there is none. */
export function OpenLinks() {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const queries = useQueryClient();
  const sending = useSending();
  const links = useQuery(askGates.openLinks(event.id)).data ?? [];
  if (links.length === 0) return null;
  const end = (id: string, name: string) =>
    sending.send(async () => {
      await endLink(event.id, id);
      notifications.show({ message: t("gates.link.ended", { name }) });
      await queries.invalidateQueries({ queryKey: ["event", event.id, "devices"] });
    });
  return (
    <section aria-labelledby="open-links">
      <h3 id="open-links">{t("gates.link.open")}</h3>
      <Refused error={sending.error} fields={[]} />
      <ul>
        {links.map(({ id, name, expires_at }) => (
          <li key={id}>
            <Group justify="space-between" gap="sm" mt="xs">
              <span>
                {isolate(name)}{" "}
                <span className="quiet small">
                  {t("gates.link.until", { when: formatShortMoment(locale, event.time_zone, expires_at) })}
                </span>
              </span>
              <Button
                size="compact-sm"
                variant="default"
                loading={sending.busy}
                aria-label={`${t("gates.link.end")}: ${name}`}
                onClick={() => void end(id, name)}
              >
                {t("gates.link.end")}
              </Button>
            </Group>
          </li>
        ))}
      </ul>
    </section>
  );
}
