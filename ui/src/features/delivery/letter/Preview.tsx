import { SegmentedControl, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { askDelivery } from "../../../api/askDelivery";
import { askTickets } from "../../../api/askTickets";
import type { MessageKind, Previewed, Wording, WordingFinding } from "../../../api/deliveryTypes";
import { joined, useSpeech } from "../../../locales";
import { Refused } from "../../../shared/form";
import { Note } from "../../../shared/Note";
import { useRows } from "../../../shared/pages";
import { Findings } from "./Findings";
import styles from "./letter.module.css";
import { LetterFrame } from "./LetterFrame";
import { TrialForm } from "./TrialForm";

/** So long typing pauses before the letter is filled in anew. */
const PAUSE_MS = 400;

/** Invitations offered at a time; the others are found by what is typed. */
const OFFERED = 40;

const INVENTED = "";

const WIDTHS = ["desktop", "phone", "text"] as const;
type Width = (typeof WIDTHS)[number];

/** For whom a letter is filled in: one of the event's invitations, or an invented guest. */
function ForWhom({ chosen, choose }: { chosen: string; choose(invitation: string): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.includes(" · ") ? "" : text.trim(), PAUSE_MS);
  const found = useInfiniteQuery(askTickets.invitations(event.id, wanted));
  const { rows } = useRows(found);
  const one = useQuery({ ...askTickets.invitation(event.id, chosen), enabled: chosen !== INVENTED });
  const known = rows.slice(0, OFFERED).map(({ id, number, label }) => ({ value: id, label: `${number} · ${label}` }));
  if (one.data !== undefined && !known.some(({ value }) => value === one.data.id)) {
    known.unshift({ value: one.data.id, label: `${one.data.number} · ${one.data.label}` });
  }
  return (
    <Select
      label={t("wording.forWhom")}
      searchable
      allowDeselect={false}
      nothingFoundMessage={t("wording.nobodyFound")}
      data={[{ value: INVENTED, label: t("wording.invented") }, ...known]}
      filter={({ options }) => options}
      value={chosen}
      onSearchChange={setText}
      onChange={(value) => choose(value ?? INVENTED)}
    />
  );
}

/** The first invitation until somebody chooses another. */
function useForWhom() {
  const event = useEvent();
  const first = useInfiniteQuery(askTickets.invitations(event.id, ""));
  const [chosen, choose] = useState<string | null>(null);
  return { chosen: chosen ?? first.data?.pages[0]?.items[0]?.id ?? INVENTED, choose, ready: !first.isPending };
}

function Letter({ seen, width, busy }: { seen: Previewed; width: Width; busy: boolean }) {
  const { t } = useSpeech();
  return (
    <div className={styles.letter} aria-busy={busy}>
      <p className={styles.subject}>
        <span className="quiet small">{t("wording.part.subject")}</span>
        <strong dir="auto">{seen.subject}</strong>
      </p>
      {width === "text" ? (
        <pre className={styles.text} dir="auto">
          {seen.text}
        </pre>
      ) : (
        <div className={styles.desk}>
          <LetterFrame html={seen.html} title={t("wording.preview")} phone={width === "phone"} />
        </div>
      )}
    </div>
  );
}

/** A wording as it arrives, filled in for a guest, with what should be looked at; and a try. */
export function Preview({
  kind,
  wording,
  language = null,
  message = "",
  go,
}: {
  kind: MessageKind;
  /** What it says; what the guest would be sent when null. */
  wording: Wording | null;
  /** The wording's language; the event's when null. */
  language?: string | null;
  /** The organizer's own words in it. */
  message?: string;
  go?: (finding: WordingFinding) => void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const { chosen, choose, ready } = useForWhom();
  const [width, setWidth] = useState<Width>("desktop");
  const { subject = "", mjml = "", text = "" } = wording ?? {};
  const isGiven = wording !== null;
  const [shown] = useDebouncedValue({ kind, isGiven, subject, mjml, text, language, message }, PAUSE_MS);
  const invitation = chosen === INVENTED ? null : chosen;
  const typed = shown.isGiven ? { subject: shown.subject, mjml: shown.mjml, text: shown.text } : null;
  const read = useQuery({
    ...askDelivery.preview(event.id, shown.kind, {
      wording: typed,
      language: shown.language,
      invitation,
      message: shown.message,
    }),
    enabled: ready,
    placeholderData: keepPreviousData,
  });
  const seen = read.data;
  return (
    <section className={styles.preview} aria-label={t("wording.preview")}>
      <div className={styles.tools}>
        <ForWhom chosen={chosen} choose={choose} />
        <SegmentedControl
          aria-label={t("wording.width")}
          data={WIDTHS.map((value) => ({ value, label: t(`wording.widths.${value}`) }))}
          value={width}
          onChange={(value) => setWidth(WIDTHS.find((known) => known === value) ?? "desktop")}
        />
      </div>
      <Refused error={read.error} />
      {seen !== undefined && (
        <>
          {seen.blanks.length > 0 && (
            <Note title={t("wording.blanks")}>
              <bdi dir="ltr">{joined(seen.blanks, ", ")}</bdi>
            </Note>
          )}
          <Findings findings={seen.findings} {...(go && { go })} />
          <Letter seen={seen} width={width} busy={read.isPlaceholderData} />
        </>
      )}
      <TrialForm
        kind={kind}
        wording={isGiven ? { subject, mjml, text } : null}
        language={language}
        message={message}
        invitation={invitation}
      />
    </section>
  );
}
