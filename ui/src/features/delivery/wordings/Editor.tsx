import { Button, Menu, SegmentedControl, Textarea, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useEvent } from "../../../api";
import { changeWording, resetWording } from "../../../api/askDelivery";
import type { Wording, WordingFinding, WordingPart, WordingView } from "../../../api/deliveryTypes";
import { offerLastEdit } from "../../../api/lastEdit";
import { useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { ConfirmDialog, Refused, useSending } from "../../../shared/form";
import { Icon } from "../../../shared/Icon";
import { Preview } from "../letter/Preview";
import { groupsOf, insertAt, lineAt, VARIABLES } from "./variables";
import styles from "./wordings.module.css";

/** The parts that are edited in the large field, one at a time. */
const LARGE = ["mjml", "text"] as const satisfies readonly WordingPart[];

const wordingOf = ({ subject, mjml, text }: Wording): Wording => ({ subject, mjml, text });
const isSame = (a: Wording, b: Wording) => a.subject === b.subject && a.mjml === b.mjml && a.text === b.text;

function Insert({ kind, insert }: { kind: WordingView["kind"]; insert(variable: string): void }) {
  const { t } = useSpeech();
  return (
    <Menu position="bottom-start" width={280} returnFocus={false}>
      <Menu.Target>
        <Button variant="default" size="compact-sm" rightSection={<Icon name="down" />}>
          {t("wording.insert")}
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.variables ?? ""}>
        {groupsOf(kind).map((group) => (
          <div key={group}>
            <Menu.Label>{t(`wording.variables.${group}`)}</Menu.Label>
            {VARIABLES[group].map((variable) => (
              <Menu.Item key={variable} onClick={() => insert(variable)}>
                <code dir="ltr">{variable}</code>
              </Menu.Item>
            ))}
          </div>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

/** One kind of message: its subject, its page and its plain text, and beside them what arrives. */
export function Editor({
  kept,
  typed,
  type,
}: {
  kept: WordingView;
  /** What was typed and not saved. */
  typed: Wording | null;
  type(wording: Wording | null): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("plan_events");
  const sending = useSending();
  const [large, setLarge] = useState<(typeof LARGE)[number]>("mjml");
  const [resetting, setResetting] = useState(false);
  const subject = useRef<HTMLInputElement>(null);
  const field = useRef<HTMLTextAreaElement>(null);
  /** The part that was written in last, for what is inserted. */
  const last = useRef<"subject" | "large">("large");
  const wording = typed ?? wordingOf(kept);
  const { kind, language } = kept;

  const put = (part: WordingPart, text: string) => {
    sending.clear();
    const next = { ...wording, [part]: text };
    type(isSame(next, kept) ? null : next);
  };
  const changed = () => queries.invalidateQueries({ queryKey: ["event", event.id, "wordings"] });
  const again = () => void changed();

  const insert = (variable: string) => {
    const isSubject = last.current === "subject";
    const into = isSubject ? subject.current : field.current;
    const part: WordingPart = isSubject ? "subject" : large;
    const end = wording[part].length;
    const put_in = insertAt(
      wording[part],
      into?.selectionStart ?? end,
      into?.selectionEnd ?? end,
      `{{ ${variable} }}`,
    );
    put(part, put_in.text);
    requestAnimationFrame(() => {
      into?.focus();
      into?.setSelectionRange(put_in.at, put_in.at);
    });
  };

  const go = ({ part, line }: WordingFinding) => {
    const into = LARGE.find((known) => known === part);
    if (into === undefined) {
      subject.current?.focus();
      return;
    }
    setLarge(into);
    requestAnimationFrame(() => {
      const text = field.current;
      if (text === null) return;
      const { from, until } = lineAt(text.value, Math.max(1, line));
      text.focus();
      text.setSelectionRange(from, until);
      const lines = text.value.split("\n").length;
      text.scrollTop = Math.max(0, (text.scrollHeight * (line - 4)) / lines);
    });
  };

  const save = () =>
    sending.send(async () => {
      await changeWording(event.id, kind, language, wording);
      type(null);
      await changed();
      await offerLastEdit(event.id, "change wording", t("wording.saved"), again);
    });

  const reset = async () => {
    await resetWording(event.id, kind, language);
    type(null);
    await changed();
    await offerLastEdit(event.id, "reset wording", t("wording.wasReset"), again);
  };

  return (
    <>
      <div className={styles.editor}>
        <Refused error={sending.error} fields={["subject", "mjml", "text"]} />
        <TextInput
          ref={subject}
          label={t("wording.part.subject")}
          spellCheck
          readOnly={allowed.disabled}
          maxLength={2_000}
          value={wording.subject}
          error={sending.of("subject")}
          onFocus={() => {
            last.current = "subject";
          }}
          onChange={({ target }) => put("subject", target.value)}
        />
        <div className={styles.tools}>
          <SegmentedControl
            aria-label={t("wording.parts")}
            data={LARGE.map((value) => ({ value, label: t(`wording.part.${value}`) }))}
            value={large}
            onChange={(value) => setLarge(value === "text" ? "text" : "mjml")}
          />
          {!allowed.disabled && <Insert kind={kind} insert={insert} />}
        </div>
        <Textarea
          ref={field}
          aria-label={t(`wording.part.${large}`)}
          classNames={{ root: styles.fill ?? "", wrapper: styles.fill ?? "", input: styles.source ?? "" }}
          dir={large === "mjml" ? "ltr" : "auto"}
          spellCheck={false}
          readOnly={allowed.disabled}
          value={wording[large]}
          error={sending.of(large)}
          onFocus={() => {
            last.current = "large";
          }}
          onChange={({ target }) => put(large, target.value)}
        />
        <div className={styles.foot}>
          <Button
            loading={sending.busy}
            {...(typed === null ? { disabled: true } : allowed)}
            onClick={() => void save()}
          >
            {t("save")}
          </Button>
          {typed !== null && (
            <Button variant="subtle" onClick={() => type(null)}>
              {t("setup.reset")}
            </Button>
          )}
          {kept.changed_at !== null && (
            <Button variant="subtle" color="red" {...allowed} onClick={() => setResetting(true)}>
              {t("wording.reset")}
            </Button>
          )}
        </div>
      </div>
      <div className={styles.beside}>
        <Preview kind={kind} wording={wording} language={language} go={go} />
      </div>
      {resetting && (
        <ConfirmDialog
          title={t("wording.reset")}
          text={t("wording.resetText")}
          submit={t("wording.reset")}
          act={reset}
          close={() => setResetting(false)}
        />
      )}
    </>
  );
}
