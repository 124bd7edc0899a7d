import { useSpeech } from "../../../locales";
import { SettingsPage } from "../SettingsPage";
import { MakeBackup } from "./MakeBackup";
import { Restore } from "./Restore";

/** What keeps the office safe from the loss of its computer. */
export function BackupPage() {
  const { t } = useSpeech();
  return (
    <SettingsPage title={t("settings.backup")}>
      <MakeBackup />
      <Restore />
    </SettingsPage>
  );
}
