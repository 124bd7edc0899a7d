import type { ReactNode } from "react";
import { useSpeech } from "../../locales";
import { Screen } from "../../shared/Screen";
import { Sections } from "./Sections";
import styles from "./settings.module.css";

/** A part of the settings that is a page of forms. */
export function SettingsPage({ title, children }: { title: string; children: ReactNode }) {
  const { t } = useSpeech();
  return (
    <Screen title={t("settings.title")} tabs={<Sections />}>
      <div className={styles.scroll}>
        <div className={styles.page}>
          <h2>{title}</h2>
          {children}
        </div>
      </div>
    </Screen>
  );
}
