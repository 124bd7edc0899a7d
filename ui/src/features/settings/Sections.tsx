import { Link } from "@tanstack/react-router";
import { useMay, useMe } from "../../api";
import { useSpeech } from "../../locales";
import { Tabs } from "../../shared/Tabs";

/** The parts of the office's settings that the reader may see. */
export function Sections() {
  const { t } = useSpeech();
  const may = useMay();
  return (
    <Tabs label={t("settings.title")}>
      <Link to="/settings/account">{t("settings.account")}</Link>
      {may("read_accounts") && <Link to="/settings/users">{t("settings.users")}</Link>}
      {may("manage_keys") && <Link to="/settings/keys">{t("settings.keys")}</Link>}
      {may("manage_keys") && <Link to="/settings/recovery">{t("settings.recovery")}</Link>}
      {may("manage_workspace") && <Link to="/settings/branding">{t("settings.branding")}</Link>}
      {may("manage_workspace") && <Link to="/settings/mail">{t("settings.mail")}</Link>}
      {may("manage_workspace") && (
        <Link to="/settings/backup" activeOptions={{ includeSearch: false }}>
          {t("settings.backup")}
        </Link>
      )}
      {may("manage_workspace") && <Link to="/settings/network">{t("settings.network")}</Link>}
      {may("manage_workspace") && <Link to="/settings/guest-pages">{t("settings.guestPages")}</Link>}
      {may("manage_workspace") && <Link to="/settings/audit">{t("settings.audit")}</Link>}
    </Tabs>
  );
}

/** The account that the reader is signed in with; null at the desk of an office without accounts. */
export function useOwnAccount() {
  const me = useMe();
  return me === null || /^[0-]*$/.test(me.account.id) ? null : me.account;
}
