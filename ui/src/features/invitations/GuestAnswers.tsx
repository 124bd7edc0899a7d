import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Party, useEvent } from "../../api";
import { askAnswers, type GuestAnswers as Answers, renewLinks, type Said } from "../../api/answers";
import { useAllowed } from "../../api/useAllowed";
import { formatShortMoment, useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Facts } from "../../shared/Facts";
import { ConfirmDialog } from "../../shared/form";
import { Trouble } from "../../shared/Trouble";
import styles from "./Invitations.module.css";

const facts = (said: readonly Said[]) => said.map(({ text, answer }) => [text, answer] as const);

function SaidBy({ party, answers }: { party: Party; answers: Answers }) {
  const { t } = useSpeech();
  const people = answers.members.filter(({ dietary, answers }) => dietary !== "" || answers.length > 0);
  const name = (id: string) => party.members.find((member) => member.id === id)?.name ?? "";
  if (people.length === 0 && answers.party.length === 0 && answers.message === "") {
    return <p className="quiet">{t("answers.none")}</p>;
  }
  return (
    <>
      {people.map((person) => (
        <div key={person.member_id}>
          <p>
            <strong>
              <bdi>{name(person.member_id)}</bdi>
            </strong>
          </p>
          <Facts facts={[[t("answers.dietary"), person.dietary], ...facts(person.answers)]} />
        </div>
      ))}
      <Facts
        facts={[
          ...facts(answers.party),
          [t("answers.message"), answers.message !== "" && <span className={styles.said}>{answers.message}</span>],
        ]}
      />
    </>
  );
}

function Visits({ answers }: { answers: Answers }) {
  const { t, locale, count } = useSpeech();
  const { time_zone } = useEvent();
  const moment = (at: number) => formatShortMoment(locale, time_zone, at);
  if (answers.looks.length === 0 && answers.downloads.length === 0) {
    return <p className="quiet">{t("answers.noVisits")}</p>;
  }
  return (
    <ul className={styles.lines}>
      {answers.looks.map((look) => (
        <li key={look.kind}>
          <span>
            {t(`answers.look.${look.kind as "page" | "message" | "calendar"}`)}{" "}
            <span className="quiet">× {count(look.times)}</span>
          </span>
          <time className="quiet small" dateTime={new Date(look.last_at).toISOString()}>
            {moment(look.last_at)}
          </time>
        </li>
      ))}
      {answers.downloads.map((download, at) => (
        <li key={at}>
          <span>
            {t("answers.downloaded")}
            <span className={`quiet small ${styles.detail}`}>
              <bdi dir="ltr">{download.address}</bdi>
              {download.agent !== "" && <> · {download.agent}</>}
            </span>
          </span>
          <time className="quiet small" dateTime={new Date(download.at).toISOString()}>
            {moment(download.at)}
          </time>
        </li>
      ))}
    </ul>
  );
}

/** What the guests of an invitation said on their page, what they fetched, and their links. */
export function GuestAnswers({ party, changed }: { party: Party; changed(): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const queries = useQueryClient();
  const allowed = useAllowed();
  const asked = askAnswers.of(event.id, party.id);
  const read = useQuery(asked);
  const [renewing, renew] = useState(false);
  const answers = read.data;
  if (answers === undefined) {
    return read.isError ? <Trouble error={read.error} retry={() => void read.refetch()} /> : null;
  }
  const copy = async (text: string) => {
    try {
      await platform().copyText(text);
      notifications.show({ message: t("answers.copied") });
    } catch {
      notifications.show({ color: "red", message: t("network.notCopied") });
    }
  };
  const page = answers.links?.page;
  return (
    <>
      <section aria-labelledby="answers">
        <h3 id="answers">{t("answers.title")}</h3>
        <SaidBy party={party} answers={answers} />
      </section>
      <section aria-labelledby="guest-page">
        <h3 id="guest-page">{t("answers.page")}</h3>
        {page === undefined ? (
          <p className="quiet">{t("answers.noAddress")}</p>
        ) : (
          <p className={styles.link}>
            <bdi dir="ltr">{page}</bdi>
          </p>
        )}
        <div className={styles.tools}>
          {page !== undefined && (
            <Button size="compact-sm" variant="default" onClick={() => void copy(page)}>
              {t("answers.copy")}
            </Button>
          )}
          <Button size="compact-sm" variant="subtle" {...allowed("edit_guests")} onClick={() => renew(true)}>
            {t("answers.renew")}
          </Button>
        </div>
        <Visits answers={answers} />
      </section>
      {renewing && (
        <ConfirmDialog
          title={t("answers.renewTitle", { label: party.label })}
          text={t("answers.renewText")}
          submit={t("answers.renew")}
          act={async () => {
            queries.setQueryData(asked.queryKey, await renewLinks(party.id));
            changed();
            notifications.show({ message: t("answers.renewed") });
          }}
          close={() => renew(false)}
        />
      )}
    </>
  );
}
