import { Button, NativeSelect, NumberInput, TextInput } from "@mantine/core";
import { useQueries } from "@tanstack/react-query";
import { useState } from "react";
import { useEvent } from "../../../api";
import { checkRule } from "../../../api/gates";
import { joined, useSpeech } from "../../../locales";
import { TimeField, today } from "../../../shared/dates";
import { Icon } from "../../../shared/Icon";
import { Status } from "../../../shared/Status";
import { minuteOf, sayMinute } from "../door/doorFields";
import { askedFacts, type Case, factsOf } from "./facts";
import styles from "./rules.module.css";
import type { Sentence } from "./sentence";
import { nameWeekday, useFactName } from "./useSay";

function Outcome({ value, problem }: { value: unknown; problem: string | null }) {
  const { t } = useSpeech();
  if (problem !== null) return <Status tone="bad">{t("gates.rules.fails", { why: problem })}</Status>;
  return value === true ? (
    <Status tone="came">{t("gates.rules.letsIn")}</Status>
  ) : (
    <Status tone="bad">{t("gates.rules.refuses")}</Status>
  );
}

/** Tries the rule as it stands on made-up presentations; those that were tried are tried again. */
export function Try({ logic, sentence }: { logic: unknown; sentence: Sentence | null }) {
  const { t, locale } = useSpeech();
  const event = useEvent();
  const factName = useFactName();
  const [day] = useState(today);
  const [cases, setCases] = useState<readonly Case[]>([]);
  const [typed, type] = useState<Case>(() => ({
    key: "",
    ticket_type: event.ticket_types[0]?.name ?? "",
    zone: sentence?.where.zone[0] ?? "",
    gate: sentence?.where.gate[0] ?? "",
    weekday: new Date().getDay() || 7,
    minute: 19 * 60,
    today: 0,
    earlier: 0,
    since_exit: null,
    guest: {},
  }));
  const change = (part: Partial<Case>) => type({ ...typed, ...part });
  const answers = useQueries({
    queries: cases.map((one) => ({
      queryKey: ["event", event.id, "rule check", logic, one],
      queryFn: () => checkRule(event.id, logic, factsOf(one, day)),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  const whole = { min: 0, max: 99, allowDecimal: false, allowNegative: false } as const;
  const describeCase = (one: Case) =>
    joined(
      [
        one.ticket_type,
        one.zone || t("gates.mainEntrance"),
        one.gate,
        `${nameWeekday(locale, one.weekday, "short")} ${sayMinute(one.minute)}`,
        one.today > 0 && t("gates.rules.beforeToday", { count: one.today }),
        one.earlier > 0 && t("gates.rules.beforeEarlier", { count: one.earlier }),
        one.since_exit !== null && t("gates.rules.leftAgo", { count: one.since_exit }),
        ...Object.entries(one.guest).map(([fact, value]) => value && `${factName(fact)}: ${value}`),
      ],
      " · ",
    );
  return (
    <details className={styles.try}>
      <summary className="link">{t("gates.rules.try")}</summary>
      <div className={styles.tryFields}>
        <div className={styles.pair}>
          <NativeSelect
            label={t("tickets.type")}
            value={typed.ticket_type}
            data={event.ticket_types.map(({ name }) => name)}
            onChange={({ target }) => change({ ticket_type: target.value })}
          />
          <NativeSelect
            label={t("gates.zone")}
            value={typed.zone}
            data={[
              { value: "", label: t("gates.mainEntrance") },
              ...event.zones.map(({ name }) => ({ value: name, label: name })),
            ]}
            onChange={({ target }) => change({ zone: target.value })}
          />
          <NativeSelect
            label={t("gates.rules.weekday")}
            value={String(typed.weekday)}
            data={[1, 2, 3, 4, 5, 6, 7].map((value) => ({
              value: String(value),
              label: nameWeekday(locale, value),
            }))}
            onChange={({ target }) => change({ weekday: Number(target.value) })}
          />
          <TimeField
            label={t("gates.rules.at")}
            time={sayMinute(typed.minute)}
            onChange={(time) => change({ minute: minuteOf(time) ?? typed.minute })}
          />
          <NumberInput
            {...whole}
            label={t("gates.rules.entriesToday")}
            value={typed.today}
            onChange={(value) => change({ today: Number(value) || 0 })}
          />
          <NumberInput
            {...whole}
            label={t("gates.rules.entriesEarlier")}
            value={typed.earlier}
            onChange={(value) => change({ earlier: Number(value) || 0 })}
          />
          <NumberInput
            {...whole}
            max={1_440}
            label={t("gates.rules.sinceExit")}
            value={typed.since_exit ?? ""}
            onChange={(value) => change({ since_exit: value === "" ? null : Number(value) })}
          />
          <TextInput
            label={t("gates.kind.gate")}
            value={typed.gate}
            onChange={({ target }) => change({ gate: target.value })}
          />
          {askedFacts(sentence).map((fact) => (
            <TextInput
              key={fact}
              label={factName(fact)}
              value={typed.guest[fact] ?? ""}
              onChange={({ target }) => change({ guest: { ...typed.guest, [fact]: target.value } })}
            />
          ))}
        </div>
        <div>
          <Button
            size="compact-sm"
            variant="default"
            onClick={() => setCases([{ ...typed, key: crypto.randomUUID() }, ...cases])}
          >
            {t("gates.rules.tryIt")}
          </Button>
        </div>
        <ul className={styles.cases} aria-live="polite">
          {cases.map((one, at) => {
            const answer = answers[at];
            return (
              <li key={one.key}>
                <div>
                  {answer?.data !== undefined ? (
                    <Outcome value={answer.data.value} problem={answer.data.problem} />
                  ) : answer?.isError === true ? (
                    <Outcome value={false} problem={answer.error.message} />
                  ) : (
                    <span className="quiet">{t("loading")}</span>
                  )}
                  <p className="quiet small">{describeCase(one)}</p>
                </div>
                <button
                  type="button"
                  className="icon-button"
                  aria-label={t("gates.rules.removeCase")}
                  onClick={() => setCases(cases.filter((other) => other !== one))}
                >
                  <Icon name="close" />
                </button>
              </li>
            );
          })}
        </ul>
      </div>
    </details>
  );
}
