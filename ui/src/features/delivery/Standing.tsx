import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useEvent, useMay } from "../../api";
import { askDelivery, holdMessages } from "../../api/askDelivery";
import { askMail, retryMail } from "../../api/askMail";
import type { Blocked, MailState } from "../../api/deliveryTypes";
import { useAllowed } from "../../api/useAllowed";
import { useMessageWords } from "../../api/useMessageWords";
import { formatShortMoment, useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { Note } from "../../shared/Note";
import styles from "./delivery.module.css";

/** The provider's own limit stands in the way: nothing is wrong. */
const PACE = "pace_reached";

/** What stands in the way, and beside it what to do. */
function Why({ title, tool, children }: { title: string; tool?: ReactNode; children: ReactNode }) {
  return (
    <Note>
      <div className={styles.why}>
        <div>
          <p className="strong">{title}</p>
          {children}
        </div>
        {tool}
      </div>
    </Note>
  );
}

/** What waits, by what would carry it. */
const TITLES = { mail: "standing.blocked", text: "standing.blockedTexts" } as const;

function BlockedNote({ blocked, tool }: { blocked: Blocked; tool: ReactNode }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  const { why } = useMessageWords();
  const { code, detail, since, again_at } = blocked;
  const moment = (at: number) => formatShortMoment(locale, time_zone, at);
  if (code === PACE) {
    return (
      <Why title={t("standing.pace")}>
        <p>{t("standing.paceText", { when: moment(again_at) })}</p>
      </Why>
    );
  }
  const words = why(code);
  return (
    <Why title={t(TITLES[blocked.transport])} tool={tool}>
      <p>{words ?? detail}</p>
      {words !== null && detail !== "" && (
        <p className="quiet small" dir="auto">
          {detail}
        </p>
      )}
      <p>{t("standing.blockedWhen", { since: moment(since), again: moment(again_at) })}</p>
    </Why>
  );
}

/** What is told of each transport: the limits once, and nothing twice of mail that is not set up. */
function troubles(state: MailState | undefined): Blocked[] {
  if (state?.sends_here !== true) return [];
  return state.blocked.filter(
    (one, at) =>
      (one.transport === "text" || state.ready) &&
      (one.code !== PACE || at === state.blocked.findIndex(({ code }) => code === PACE)),
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
      <Why
        key="paused"
        title={t("standing.paused")}
        tool={press(t("standing.letGo"), () => holdMessages(event.id, false))}
      >
        <p>{t("standing.pausedText")}</p>
      </Why>,
    );
  }
  if (state.data?.ready === false) {
    notes.push(
      <Why
        key="ready"
        title={t("standing.notSetUp")}
        tool={
          may("manage_workspace") && (
            <Link className="link" to="/settings/mail">
              {t("standing.setUp")}
            </Link>
          )
        }
      >
        <p>{t("standing.notSetUpText")}</p>
        {!may("manage_workspace") && <p>{t("standing.askSomebody")}</p>}
      </Why>,
    );
  } else if (state.data?.sends_here === false) {
    notes.push(
      <Why key="elsewhere" title={t("standing.elsewhere")}>
        <p>{t("standing.elsewhereText")}</p>
      </Why>,
    );
  }
  for (const one of troubles(state.data)) {
    notes.push(<BlockedNote key={one.transport} blocked={one} tool={press(t("standing.tryNow"), retryMail)} />);
  }
  if (notes.length === 0 && sending.error === null) return null;
  return (
    <div className={styles.standing}>
      <Refused error={sending.error} />
      {notes}
    </div>
  );
}
