import { Link } from "@tanstack/react-router";
import { useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Tabs } from "../../shared/Tabs";

/** The two ways to look at invitations: one by one, and by the run that made them. */
export function Ways() {
  const { id } = useEvent();
  const { t } = useSpeech();
  const params = { event: id };
  return (
    <Tabs label={t("place.invitations")}>
      <Link to="/events/$event/invitations" params={params} activeOptions={{ exact: true, includeSearch: false }}>
        {t("invitations.oneByOne")}
      </Link>
      <Link to="/events/$event/invitations/batches" params={params}>
        {t("batches.title")}
      </Link>
    </Tabs>
  );
}
