import { Checkbox, Stack, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type EventChange, type EventDetails, useEvent } from "../../../api";
import { askDelivery } from "../../../api/askDelivery";
import type { HostNotice, HostSettings } from "../../../api/deliveryTypes";
import { useMessageWords } from "../../../api/useMessageWords";
import { formatShortMoment, useSpeech } from "../../../locales";
import { EditForm } from "../../../shared/editing";
import { MessageLines } from "../../../shared/MessageLines";
import { Trouble } from "../../../shared/Trouble";
import styles from "../planning.module.css";
import own from "./reminders.module.css";
import { useEventSource } from "./useEventSource";
import { useHeld } from "./useHeld";

/** What the host can hear of, by how soon it is told. */
const KINDS = ["mailing_done", "sold_out", "answers", "bounces"] as const satisfies readonly (keyof HostSettings)[];

/** What the host hears of while nobody changed it. */
const USUAL: HostSettings = { to: "", mailing_done: true, sold_out: true, answers: true, bounces: true };

/** Reads and writes what the host hears of; the API takes it as a whole. */
function useHostSource() {
  const event = useEvent();
  const [take, give] = useMemo(() => {
    let known: HostSettings | null = null;
    const read = (seen: EventDetails) => (known = { ...USUAL, ...seen.settings.host });
    const write = ({ to, ...change }: Partial<HostSettings>): EventChange => {
      const before = known ?? read(event);
      return { host: { ...before, ...change, to: (to ?? before.to).trim() } };
    };
    return [read, write] as const;
  }, [event]);
  return useEventSource(take, give);
}

/** What the host was told, and what became of it. */
function LastNotices() {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const words = useMessageWords();
  const read = useQuery(askDelivery.hostNotices(event.id));
  const zone = event.time_zone;
  const about = ({ news }: HostNotice): string => {
    if (news.about === "digest") {
      return t("hostNotices.news.digest", { when: formatShortMoment(locale, zone, news.from) });
    }
    if (news.about !== "sold_out") return t(`hostNotices.news.${news.about}`);
    const { ticket_type } = news;
    return t("hostNotices.news.sold_out", { type: event.ticket_types.find(({ id }) => id === ticket_type)?.name ?? "" });
  };
  const line = (notice: HostNotice) => {
    const at = words.moment(notice);
    return {
      id: notice.id,
      what: about(notice),
      how: notice.recipient,
      tone: words.tone(notice),
      status: words.status(notice),
      why: words.why(notice.code),
      said: notice.code === "" || notice.detail === "" ? null : notice.detail,
      at,
      when: formatShortMoment(locale, zone, at),
    };
  };
  return (
    <section className={own.after ?? ""} aria-label={t("hostNotices.last")}>
      <h2>{t("hostNotices.last")}</h2>
      {read.isError && <Trouble error={read.error} retry={() => void read.refetch()} />}
      {read.data?.length === 0 && <p className="quiet">{t("hostNotices.none")}</p>}
      {read.data !== undefined && <MessageLines lines={read.data.map(line)} />}
    </section>
  );
}

/** What the host hears of their own event by e-mail, and what they were told. */
export function HostNotices() {
  const { t } = useSpeech();
  const event = useEvent();
  const held = useHeld("words");
  const source = useHostSource();
  const yesNo = (on: boolean) => t(on ? "gates.door.yes" : "gates.door.no");
  return (
    <div className={styles.stack}>
      <EditForm
        name={["host", event.id]}
        label={t("setup.section.host")}
        source={source}
        held={held}
        fields={["host.to"]}
        show={{
          to: { label: t("hostNotices.to"), say: String },
          mailing_done: { label: t("hostNotices.mailing_done"), say: yesNo },
          sold_out: { label: t("hostNotices.sold_out"), say: yesNo },
          answers: { label: t("hostNotices.answers"), say: yesNo },
          bounces: { label: t("hostNotices.bounces"), say: yesNo },
        }}
      >
        {({ typed, of, change }) => (
          <div className={styles.stack}>
            <TextInput
              type="email"
              label={t("hostNotices.to")}
              description={t("hostNotices.toText")}
              maxLength={254}
              value={typed.to}
              error={of("host.to")}
              onChange={({ target }) => change({ to: target.value })}
            />
            <fieldset className={own.after ?? ""}>
              <legend>{t("hostNotices.what")}</legend>
              <Stack gap="xs">
                {KINDS.map((kind) => (
                  <Checkbox
                    key={kind}
                    label={t(`hostNotices.${kind}`)}
                    description={t(`hostNotices.${kind}Text`)}
                    checked={typed[kind]}
                    onChange={({ target }) => change({ ...typed, [kind]: target.checked })}
                  />
                ))}
              </Stack>
            </fieldset>
          </div>
        )}
      </EditForm>
      <LastNotices />
    </div>
  );
}
