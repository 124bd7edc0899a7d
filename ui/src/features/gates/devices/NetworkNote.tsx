import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { askNetwork } from "../../../api/network";
import { useSpeech } from "../../../locales";
import { Note } from "../../../shared/Note";

/** Says that no other machine comes in, with the one step that changes it; nothing where they do. */
export function NetworkNote() {
  const { t } = useSpeech();
  const network = useQuery(askNetwork.network());
  if (network.data === undefined || !network.data.available || network.data.on) return null;
  return (
    <Note title={t("gates.networkOff")}>
      {t("gates.networkOffText")}{" "}
      <Link className="link" to="/settings/network">
        {t("gates.networkTurnOn")}
      </Link>
    </Note>
  );
}
