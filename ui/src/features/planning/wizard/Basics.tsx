import { Select, TagsInput, Textarea, TextInput } from "@mantine/core";
import { useSpeech } from "../../../locales";
import { useCurrencies, useLanguages } from "../fields/choices";
import styles from "../planning.module.css";
import { usePlan } from "./planContext";

/** What the event is called and what it is about. */
export function Basics() {
  const { t } = useSpeech();
  const { plan, change, error } = usePlan();
  const languages = useLanguages(plan.language);
  const currencies = useCurrencies();
  return (
    <div className={styles.fields}>
      <TextInput
        className={styles.wide}
        label={t("planning.title")}
        required
        withAsterisk={false}
        maxLength={200}
        value={plan.title}
        error={error("title")}
        onChange={({ target }) => change({ title: target.value })}
      />
      <TextInput
        className={styles.wide}
        label={t("planning.tagline")}
        maxLength={200}
        value={plan.tagline}
        error={error("tagline")}
        onChange={({ target }) => change({ tagline: target.value })}
      />
      <Textarea
        className={styles.wide}
        label={t("planning.description")}
        autosize
        minRows={3}
        maxRows={10}
        value={plan.description}
        error={error("description")}
        onChange={({ target }) => change({ description: target.value })}
      />
      <TextInput
        label={t("planning.organizer")}
        autoComplete="organization"
        value={plan.organizer}
        error={error("organizer")}
        onChange={({ target }) => change({ organizer: target.value })}
      />
      <TextInput
        label={t("planning.category")}
        placeholder={t("planning.categoryHint")}
        value={plan.category}
        error={error("category")}
        onChange={({ target }) => change({ category: target.value })}
      />
      <TagsInput
        className={styles.wide}
        label={t("planning.tags")}
        description={t("planning.tagsText")}
        maxTags={20}
        value={plan.tags}
        error={error("tags")}
        onChange={(tags) => change({ tags })}
      />
      <Select
        label={t("planning.language")}
        searchable
        allowDeselect={false}
        data={languages}
        value={plan.language}
        error={error("language")}
        onChange={(language) => language !== null && change({ language })}
      />
      <Select
        label={t("planning.currency")}
        searchable
        allowDeselect={false}
        limit={60}
        data={currencies}
        value={plan.currency}
        error={error("currency")}
        onChange={(currency) => currency !== null && change({ currency })}
      />
    </div>
  );
}
