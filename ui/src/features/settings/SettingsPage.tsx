import type { ReactNode } from "react";
import { useSpeech } from "../../locales";
import { Screen } from "../../shared/Screen";
import { Sections } from "./Sections";
import styles from "./settings.module.css";

/** A part of the settings that is a page of forms. */
export function SettingsPage({
  title,
  wide,
  children,
}: {
  title: string;
  /** With room for something beside the form. */
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  return (
    <Screen title={t("settings.title")} tabs={<Sections />}>
      <div className={styles.scroll}>
        <div className={`${styles.page} ${wide ? styles.wide : ""}`}>
          <h2>{title}</h2>
          {children}
        </div>
      </div>
    </Screen>
  );
}
