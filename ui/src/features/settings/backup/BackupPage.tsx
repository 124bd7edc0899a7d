import { SettingsPage } from "../SettingsPage";
import { MakeBackup } from "./MakeBackup";
import { Restore } from "./Restore";

/** What keeps the office safe from the loss of its computer. */
export function BackupPage() {
  return (
    <SettingsPage>
      <MakeBackup />
      <Restore />
    </SettingsPage>
  );
}
