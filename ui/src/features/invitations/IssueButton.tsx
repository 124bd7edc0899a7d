import { Button, Menu } from "@mantine/core";
import { useEvent } from "../../api";
import { useAllowed } from "../../api/useAllowed";
import { formatMoment, useSpeech } from "../../locales";
import { useIssue } from "./useIssue";

/** Issues every ticket that is missing; in a series, of the session that is chosen. */
export function IssueButton() {
  const event = useEvent();
  const allowed = useAllowed()("issue_tickets");
  const { t, locale } = useSpeech();
  const issue = useIssue();
  if (event.kind !== "recurring") {
    return (
      <Button {...allowed} onClick={() => void issue.all()}>
        {t("issue.title")}
      </Button>
    );
  }
  const sessions = event.sessions.filter((session) => session.status === "scheduled");
  return (
    <Menu position="bottom-end">
      <Menu.Target>
        <Button {...allowed}>{t("issue.title")}</Button>
      </Menu.Target>
      <Menu.Dropdown mah={360} style={{ overflowY: "auto" }}>
        <Menu.Label>{t("issue.forWhich")}</Menu.Label>
        <Menu.Item onClick={() => void issue.all()}>{t("issue.passes")}</Menu.Item>
        {sessions.map((session) => (
          <Menu.Item key={session.id} onClick={() => void issue.all(session.id)}>
            {session.title ?? formatMoment(locale, event.time_zone, session.starts_at)}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}
