import { NativeSelect } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { askDelivery } from "../../../api/askDelivery";
import type { MessageKind, Wording } from "../../../api/deliveryTypes";
import { nameLanguage, useSpeech } from "../../../locales";
import { usePlace } from "../../../shared/place";
import { Screen } from "../../../shared/Screen";
import { Trouble } from "../../../shared/Trouble";
import { DeliveryTabs } from "../DeliveryTabs";
import { KINDS } from "../kinds";
import { Editor } from "./Editor";
import { languagesOf } from "./languages";
import styles from "./wordings.module.css";

/** What was typed and not saved, by kind and language; null where it was saved or given up. */
type Typed = Partial<Record<`${MessageKind} ${string}`, Wording | null>>;

/** What the event's messages say, kind by kind, beside how that arrives. */
export function Wordings() {
  const event = useEvent();
  const { t, locale } = useSpeech();
  const { view, settle } = usePlace();
  const languages = languagesOf(event.language);
  const language = languages.find((known) => known === view.language) ?? event.language;
  const read = useQuery(askDelivery.wordings(event.id, language));
  // What was typed stays while another kind is looked at.
  const [typed, setTyped] = useState<Typed>({});
  const kind = KINDS.find((known) => known === view.kind) ?? "invitation";
  const kept = read.data?.find((one) => one.kind === kind);
  return (
    <Screen
      title={t("place.delivery")}
      counts={t("wording.languageText")}
      tabs={<DeliveryTabs section="wordings" />}
      tools={
        <NativeSelect
          aria-label={t("wording.language")}
          data={languages.map((known) => ({ value: known, label: nameLanguage(locale, known) }))}
          value={language}
          onChange={({ target }) => settle({ language: target.value === event.language ? null : target.value })}
        />
      }
    >
      <div className={styles.split}>
        <nav className={styles.kinds} aria-label={t("delivery.about")}>
          <ul>
            {KINDS.map((known) => {
              const own = read.data?.find((one) => one.kind === known)?.changed_at;
              const note = typed[`${known} ${language}`] ? t("wording.unsaved") : own ? t("wording.own") : null;
              return (
                <li key={known}>
                  <button
                    type="button"
                    aria-current={known === kind ? "true" : undefined}
                    onClick={() => settle({ kind: known })}
                  >
                    <span>{t(`messageKind.${known}`)}</span>
                    {note !== null && <span className="quiet small">{note}</span>}
                  </button>
                </li>
              );
            })}
          </ul>
        </nav>
        {kept !== undefined ? (
          <Editor
            key={`${kind} ${language} ${kept.changed_at ?? ""}`}
            kept={kept}
            typed={typed[`${kind} ${language}`] ?? null}
            type={(wording) => setTyped((old) => ({ ...old, [`${kind} ${language}`]: wording }))}
          />
        ) : (
          read.isError && <Trouble error={read.error} retry={() => void read.refetch()} />
        )}
      </div>
    </Screen>
  );
}
