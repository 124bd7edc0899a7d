import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEvent, useMay } from "../../api";
import { askDelivery, holdMessages } from "../../api/askDelivery";
import { askMail, retryMail } from "../../api/askMail";
import type { Blocked } from "../../api/deliveryTypes";
import { useAllowed } from "../../api/useAllowed";
import { useMessageWords } from "../../api/useMessageWords";
import { formatShortMoment, useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { Note } from "../../shared/Note";
import styles from "./delivery.module.css";

/** The provider's own limit stands in the way: nothing is wrong. */
const PACE = "pace_reached";

function BlockedNote({ blocked, tool }: { blocked: Blocked; tool: ReactNode }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const { why } = useMessageWords();
  const { code, detail, since, again_at } = blocked;
  const moment = (at: number) => formatShortMoment(locale, time_zone, at);
  if (code === PACE) {
    return <Note title={t("standing.pace")}>{t("standing.paceText", { when: moment(again_at) })}</Note>;
  }
  const words = why(code);
  return (
    <Note title={t("standing.blocked")}>
      <p>{words ?? detail}</p>
      {words !== null && detail !== "" && (
        <p className="quiet small" dir="auto">
          {detail}
        </p>
      )}
      <p>{t("standing.blockedWhen", { since: moment(since), again: moment(again_at) })}</p>
      {tool}
    </Note>
  );
}

/** Why nothing leaves, and what to do; nothing while all is well. */
export function Standing() {
  const event = useEvent();
  const { t } = useSpeech();
  const may = useMay();
  const allowed = useAllowed()("issue_tickets");
  const queries = useQueryClient();
  const sending = useSending();
  const overview = useQuery(askDelivery.overview(event.id));
  const state = useQuery(askMail.state());
  const act = (what: () => Promise<void>) => async () => {
    await sending.send(what);
    await queries.invalidateQueries({ queryKey: ["mail"] });
    await queries.invalidateQueries({ queryKey: ["event", event.id] });
  };
  const press = (words: string, what: () => Promise<void>) => (
    <Button
      size="compact-sm"
      variant="default"
      className={styles.noteTool ?? ""}
      loading={sending.busy}
      {...allowed}
      onClick={() => void act(what)()}
    >
      {words}
    </Button>
  );
  const notes: ReactNode[] = [];
  if (overview.data?.paused === true) {
    notes.push(
      <Note key="paused" title={t("standing.paused")}>
        <p>{t("standing.pausedText")}</p>
        {press(t("standing.letGo"), () => holdMessages(event.id, false))}
      </Note>,
    );
  }
  if (state.data?.ready === false) {
    notes.push(
      <Note key="ready" title={t("standing.notSetUp")}>
        <p>{t("standing.notSetUpText")}</p>
        {may("manage_workspace") ? (
          <Link className="link" to="/settings/mail">
            {t("standing.setUp")}
          </Link>
        ) : (
          <p>{t("standing.askSomebody")}</p>
        )}
      </Note>,
    );
  } else if (state.data?.sends_here === false) {
    notes.push(
      <Note key="elsewhere" title={t("standing.elsewhere")}>
        {t("standing.elsewhereText")}
      </Note>,
    );
  } else if (state.data?.blocked) {
    notes.push(
      <BlockedNote key="blocked" blocked={state.data.blocked} tool={press(t("standing.tryNow"), retryMail)} />,
    );
  }
  if (notes.length === 0 && sending.error === null) return null;
  return (
    <div className={styles.standing}>
      <Refused error={sending.error} />
      {notes}
    </div>
  );
}
