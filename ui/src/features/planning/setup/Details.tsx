import { Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { type EventChange, type EventDetails, useEvent } from "../../../api";
import { nameLanguage, joined, useSpeech } from "../../../locales";
import { EditForm } from "../../../shared/editing";
import { useRefusal } from "../../../shared/useRefusal";
import { useCurrencies, useLanguages, useZones } from "../fields/choices";
import styles from "../planning.module.css";
import { heldBy } from "./mayChange";
import { useEventSource } from "./useEventSource";
import { useHeld } from "./useHeld";

type Fields = Pick<
  EventDetails,
  | "title"
  | "tagline"
  | "description"
  | "category"
  | "tags"
  | "organizer"
  | "language"
  | "currency"
  | "time_zone"
>;

const take = (event: EventDetails): Fields => {
  const { title, tagline, description, category, tags, organizer, language, currency, time_zone } = event;
  return { title, tagline, description, category, tags, organizer, language, currency, time_zone };
};
const give = (change: Partial<Fields>): EventChange => change;

const NAMES = [
  "title",
  "tagline",
  "description",
  "category",
  "tags",
  "organizer",
  "language",
  "currency",
  "time_zone",
];

/** What the event is called and what it is about. */
export function Details() {
  const { t, locale } = useSpeech();
  const event = useEvent();
  const source = useEventSource(take, give);
  const languages = useLanguages(event.language);
  const currencies = useCurrencies();
  const zones = useZones(event.time_zone);
  const held = useHeld("words");
  const say = useRefusal();
  const why = (part: "currency" | "time_zone") => {
    const code = heldBy(part, event.stage);
    return code === null ? undefined : say({ code, message: code });
  };
  const text = (label: string) => ({ label, say: (value: string) => value });
  return (
    <EditForm
      name={["details", event.id]}
      label={t("planning.step.basics")}
      source={source}
      held={held}
      fields={NAMES}
      show={{
        title: text(t("planning.title")),
        tagline: text(t("planning.tagline")),
        description: text(t("planning.description")),
        category: text(t("planning.category")),
        tags: { label: t("planning.tags"), say: (tags) => joined(tags, ", ") },
        organizer: text(t("planning.organizer")),
        language: { label: t("planning.language"), say: (tag) => nameLanguage(locale, tag) },
        currency: text(t("planning.currency")),
        time_zone: text(t("planning.zone")),
      }}
    >
      {({ typed, of, change }) => (
        <div className={styles.fields}>
          <TextInput
            className={styles.wide}
            label={t("planning.title")}
            value={typed.title}
            error={of("title")}
            onChange={({ target }) => change({ title: target.value })}
          />
          <TextInput
            className={styles.wide}
            label={t("planning.tagline")}
            value={typed.tagline}
            error={of("tagline")}
            onChange={({ target }) => change({ tagline: target.value })}
          />
          <Textarea
            className={styles.wide}
            label={t("planning.description")}
            autosize
            minRows={3}
            maxRows={12}
            value={typed.description}
            error={of("description")}
            onChange={({ target }) => change({ description: target.value })}
          />
          <TextInput
            label={t("planning.organizer")}
            value={typed.organizer}
            error={of("organizer")}
            onChange={({ target }) => change({ organizer: target.value })}
          />
          <TextInput
            label={t("planning.category")}
            value={typed.category}
            error={of("category")}
            onChange={({ target }) => change({ category: target.value })}
          />
          <TagsInput
            className={styles.wide}
            label={t("planning.tags")}
            description={t("planning.tagsText")}
            maxTags={20}
            value={typed.tags}
            error={of("tags")}
            onChange={(tags) => change({ tags })}
          />
          <Select
            label={t("planning.language")}
            searchable
            allowDeselect={false}
            data={languages}
            value={typed.language}
            error={of("language")}
            onChange={(language) => language !== null && change({ language })}
          />
          <Select
            label={t("planning.currency")}
            description={why("currency")}
            disabled={why("currency") !== undefined}
            searchable
            allowDeselect={false}
            limit={60}
            data={currencies}
            value={typed.currency}
            error={of("currency")}
            onChange={(currency) => currency !== null && change({ currency })}
          />
          <Select
            label={t("planning.zone")}
            description={why("time_zone") ?? t("setup.zoneText")}
            disabled={why("time_zone") !== undefined}
            searchable
            allowDeselect={false}
            limit={60}
            data={zones}
            value={typed.time_zone}
            error={of("time_zone")}
            onChange={(time_zone) => time_zone !== null && change({ time_zone })}
          />
        </div>
      )}
    </EditForm>
  );
}
