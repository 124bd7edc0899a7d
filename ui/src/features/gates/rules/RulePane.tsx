import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { useEvent } from "../../../api";
import { type EntryRule, readRules, writeRules } from "../../../api/gates";
import { MANAGE_GATES, useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { EditForm, problemOf, type Source } from "../../../shared/editing";
import { Refused, useSending } from "../../../shared/form";
import { Problem } from "../../../shared/problem";
import { Pane } from "../../../shared/Screen";
import { offerUndo } from "../../../shared/undo";
import { useRefusal } from "../../../shared/useRefusal";
import styles from "../gates.module.css";
import { readLogic, writeLogic } from "./logic";
import { lackOfRule, RuleFields, type RuleTyped } from "./RuleFields";
import { newSentence } from "./sentence";
import { useSay } from "./useSay";

const MOST_RULES = 50;

const NAMES = ["title", "logic", "message"].flatMap((name) =>
  Array.from({ length: MOST_RULES }, (_, n) => `rules.${n}.${name}`),
);

const typedOf = ({ title, logic, enabled, message }: EntryRule): RuleTyped => ({
  title,
  logic,
  enabled,
  message: message ?? "",
});

const ruleOf = ({ title, message, logic, enabled }: RuleTyped): EntryRule => ({
  title: title.trim(),
  logic,
  enabled,
  message: message.trim() || null,
});

const meanwhile = () =>
  new Problem({ code: "edited_meanwhile", detail: "the rules were changed meanwhile", status: 412 });

/** Asks the list anew wherever it is shown. */
function useAgain() {
  const event = useEvent();
  const queries = useQueryClient();
  return async () => {
    await queries.invalidateQueries({ queryKey: ["event", event.id, "rules"] });
    await queries.invalidateQueries({ queryKey: ["edited", "rule"] });
  };
}

/** One rule, to be changed, tried or removed. */
export function RulePane({ place, close }: { place: number; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const say = useSay();
  const again = useAgain();
  const allowed = useAllowed()(MANAGE_GATES);
  const removing = useSending();
  const [title, setTitle] = useState("");
  /** What the rule was called when it was read last: others may have moved it since. */
  const called = useRef<string | null>(null);
  const find = (rules: readonly EntryRule[]) => {
    const name = called.current;
    const here = name === null || rules[place]?.title === name;
    const at = here ? place : rules.findIndex((rule) => rule.title === name);
    const rule = rules[at];
    if (rule === undefined) {
      throw new Problem({ code: "rule_gone", detail: t("gates.rules.gone"), status: 404 });
    }
    return { at, rule };
  };
  const name = (rule: EntryRule) => {
    called.current = rule.title;
    setTitle(rule.title);
  };
  /** Puts something else in the rule's place in the list as it is by now. */
  const replace = async (wanted: (rule: EntryRule) => EntryRule[], version?: string | null) => {
    const now = await readRules(event.id);
    if (version !== undefined && version !== now.version) throw meanwhile();
    const { at, rule } = find(now.body);
    const saved = await writeRules(event.id, now.body.toSpliced(at, 1, ...wanted(rule)), now.version);
    return { saved, at, rule };
  };
  const source: Source<RuleTyped> = {
    async read() {
      const { body, version } = await readRules(event.id);
      const { rule } = find(body);
      name(rule);
      return { body: typedOf(rule), version };
    },
    async write(change, version) {
      const { saved, at, rule: before } = await replace(
        (old) => [ruleOf({ ...typedOf(old), ...change })],
        version,
      );
      const rule = saved.body[at];
      if (rule === undefined) throw meanwhile();
      name(rule);
      offerUndo({
        done: t("gates.rules.saved", { title: rule.title }),
        async undo() {
          await replace(() => [before]);
          name(before);
          await again();
        },
      });
      return { body: typedOf(rule), version: saved.version };
    },
    saved: () => void again(),
  };
  const remove = () =>
    removing.send(async () => {
      const { at, rule } = await replace(() => []);
      close();
      offerUndo({
        done: t("gates.rules.removed", { title: rule.title }),
        async undo() {
          const now = await readRules(event.id);
          await writeRules(event.id, now.body.toSpliced(at, 0, rule), now.version);
          await again();
        },
      });
      await again();
    });
  return (
    <Pane wide title={title || t("gates.rules.rule")} under={t("gates.rules.rule")} close={close}>
      <Refused error={removing.error} />
      <EditForm
        name={["rule", event.id, String(place)]}
        label={t("gates.rules.rule")}
        source={source}
        held={allowed.disabled ? (allowed.title ?? t("allowed.not")) : null}
        note={t("gates.settingsReach")}
        fields={NAMES}
        show={{
          title: { label: t("gates.rules.title"), say: (text) => text },
          message: { label: t("gates.rules.message"), say: (text) => text },
          enabled: {
            label: t("gates.rules.enabled"),
            say: (on) => t(on ? "gates.door.yes" : "gates.door.no"),
          },
          logic: {
            label: t("gates.rules.limitsTitle"),
            say(logic) {
              const sentence = readLogic(logic);
              return sentence === null ? JSON.stringify(logic) : say(sentence);
            },
          },
        }}
        tools={
          <Button variant="default" color="red" {...allowed} loading={removing.busy} onClick={() => void remove()}>
            {t("setup.remove")}
          </Button>
        }
      >
        {(edit) => <RuleFields typed={edit.typed} of={edit.of} change={edit.change} />}
      </EditForm>
    </Pane>
  );
}

/** One more rule. */
export function NewRulePane({ close, made }: { close(): void; made(place: number): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const again = useAgain();
  const say = useRefusal();
  const sending = useSending();
  const [typed, type] = useState<RuleTyped>(() => ({
    title: "",
    logic: writeLogic(newSentence()),
    enabled: true,
    message: "",
  }));
  const lack = lackOfRule(typed.logic);
  const add = () =>
    sending.send(async () => {
      const now = await readRules(event.id);
      const saved = await writeRules(event.id, [...now.body, ruleOf(typed)], now.version);
      await again();
      const at = saved.body.length - 1;
      if (at >= 0) made(at);
      notifications.show({ message: t("gates.rules.added", { title: typed.title.trim() }) });
    });
  return (
    <Pane wide title={t("gates.rules.add")} close={close}>
      <form
        className={styles.fields}
        noValidate
        aria-label={t("gates.rules.add")}
        onSubmit={(press) => {
          press.preventDefault();
          if (lack === null && typed.title.trim() !== "") void add();
        }}
      >
        <Refused error={sending.error} fields={NAMES} />
        <RuleFields
          typed={typed}
          of={(field) => {
            const found = problemOf(sending.error, field);
            return found === undefined ? null : say(found);
          }}
          change={(patch) => {
            sending.clear();
            type({ ...typed, ...patch });
          }}
        />
        <div className={styles.buttons}>
          <Button type="submit" loading={sending.busy} disabled={lack !== null || typed.title.trim() === ""}>
            {t("gates.rules.add")}
          </Button>
        </div>
      </form>
    </Pane>
  );
}
