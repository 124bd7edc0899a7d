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
  /** Left out where the parts of the page have titles of their own. */
  title?: string;
  /** With room for something beside the form. */
  wide?: boolean;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  return (
    <Screen title={t("settings.title")} tabs={<Sections />}>
      <div className={styles.scroll}>
        <div className={`${styles.page} ${wide ? styles.wide : ""}`}>
          {title !== undefined && <h2>{title}</h2>}
          {children}
        </div>
      </div>
    </Screen>
  );
}
