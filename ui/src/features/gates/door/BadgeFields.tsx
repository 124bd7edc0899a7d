import { MultiSelect, NativeSelect, Switch } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEvent } from "../../../api";
import { askBadgePreview, type BadgeSettings } from "../../../api/gate";
import { useSpeech } from "../../../locales";
import { usePicture } from "../../../shared/usePicture";
import styles from "../gates.module.css";
import { KINDS, papersOf, withKind } from "./badges";
import own from "./badge.module.css";

/** How long the choosing rests before a badge is drawn anew. */
const PAUSE_MS = 250;

/** What would be printed; the picture before stays until the next is there. */
function Preview({ badge }: { badge: BadgeSettings }) {
  const event = useEvent();
  const { t } = useSpeech();
  const [settled] = useDebouncedValue(badge, PAUSE_MS);
  const preview = useQuery({ ...askBadgePreview(event.id, settled), placeholderData: keepPreviousData });
  const address = usePicture(preview.data);
  return (
    <figure className={own.preview}>
      <div className={own.desk} data-paper={settled.paper} aria-busy={preview.isFetching || settled !== badge}>
        {address !== null && <img src={address} alt={t("gates.door.badge.previewOf")} />}
      </div>
      <figcaption className="quiet small" role={preview.isError ? "alert" : undefined}>
        {t(preview.isError ? "gates.door.badge.previewFailed" : "gates.door.badge.previewText")}
      </figcaption>
    </figure>
  );
}

/** What is printed for those who are let in, with a picture of it. */
export function BadgeFields({
  badge,
  of,
  onChange,
}: {
  badge: BadgeSettings;
  of(field: string): string | null;
  onChange(badge: BadgeSettings): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const put = (some: Partial<BadgeSettings>) => onChange({ ...badge, ...some });
  const prints = badge.kind !== "nothing";
  return (
    <fieldset className={own.badge}>
      <legend>{t("gates.door.badge.title")}</legend>
      <div className={styles.two}>
        <div className={styles.fields}>
          <NativeSelect
            label={t("gates.door.badge.kind")}
            value={badge.kind}
            data={KINDS.map((value) => ({ value, label: t(`gates.door.badge.kinds.${value}`) }))}
            onChange={({ target }) => onChange(withKind(badge, target.value))}
          />
          {prints && (
            <>
              <NativeSelect
                label={t("gates.door.badge.paper")}
                value={badge.paper}
                error={of("badge.paper")}
                data={papersOf(badge.kind).map((value) => ({ value, label: t(`gates.door.badge.papers.${value}`) }))}
                onChange={({ target }) =>
                  put({ paper: papersOf(badge.kind).find((known) => known === target.value) ?? badge.paper })
                }
              />
              <MultiSelect
                label={t("gates.door.badge.types")}
                placeholder={badge.ticket_types.length === 0 ? t("gates.door.badge.allTypes") : ""}
                value={badge.ticket_types}
                error={of("badge.ticket_types")}
                data={event.ticket_types.map(({ id, name }) => ({ value: id, label: name }))}
                onChange={(ticket_types) => put({ ticket_types })}
              />
              <Switch
                label={t("gates.door.badge.atOnce")}
                description={t("gates.door.badge.atOnceText")}
                checked={badge.at_once}
                onChange={({ target }) => put({ at_once: target.checked })}
              />
              {badge.kind === "badge" && (
                <Switch
                  label={t("gates.door.badge.code")}
                  description={t("gates.door.badge.codeText")}
                  checked={badge.code}
                  onChange={({ target }) => put({ code: target.checked })}
                />
              )}
            </>
          )}
        </div>
        {prints && <Preview badge={badge} />}
      </div>
    </fieldset>
  );
}
