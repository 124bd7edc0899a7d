import { useQuery } from "@tanstack/react-query";
import { askNetwork } from "../../../api/network";
import { useSpeech } from "../../../locales";
import { Note } from "../../../shared/Note";
import { Trouble } from "../../../shared/Trouble";
import { SettingsPage } from "../SettingsPage";
import { Addresses } from "./Addresses";
import { NetworkSwitch } from "./NetworkSwitch";
import { Trust } from "./Trust";

/** Whether other machines come to this office, where, and what they have to trust. */
export function NetworkPage() {
  const { t } = useSpeech();
  const network = useQuery(askNetwork.network());
  const known = network.data;
  if (known === undefined) {
    return (
      <SettingsPage title={t("network.title")}>
        {network.isError && <Trouble error={network.error} retry={() => void network.refetch()} />}
      </SettingsPage>
    );
  }
  // Whoever serves it chose how it is reached; over TLS it asks for the same trust.
  const encrypted = window.location.protocol === "https:";
  return (
    <SettingsPage title={t("network.title")} wide>
      <p className="quiet">{t("network.text")}</p>
      {known.available ? (
        <NetworkSwitch network={known} />
      ) : (
        <Note title={t("network.served")}>{t("network.servedText")}</Note>
      )}
      {known.available && known.on && <Addresses addresses={known.addresses} />}
      {(known.available ? known.on : encrypted) && (
        <Trust fingerprint={known.fingerprint} first={known.addresses[0] ?? null} />
      )}
    </SettingsPage>
  );
}
