import { Button } from "@mantine/core";
import { useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { usePlace } from "../../../shared/place";
import { NEW } from "../sections";

/** Leads to a new mailing. */
export function NewMailingLink() {
  const { t } = useSpeech();
  const { settle } = usePlace();
  const allowed = useAllowed()("issue_tickets");
  return (
    <Button {...allowed} onClick={() => settle({ section: "mailings", open: NEW, text: "" })}>
      {t("newMailing.title")}
    </Button>
  );
}
