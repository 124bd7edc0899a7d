import { MultiSelect, NativeSelect, NumberInput, Radio, Stack, TagsInput, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { useEvent } from "../../../api";
import { askGates } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { TimeField } from "../../../shared/dates";
import { Icon } from "../../../shared/Icon";
import { minuteOf, sayMinute } from "../door/doorFields";
import styles from "./rules.module.css";
import {
  addable,
  CUSTOM,
  DAY_MINUTES,
  GUEST_FIELDS,
  type Limit,
  newLimit,
  type Sentence,
  type Where,
  type Who,
} from "./sentence";
import { nameWeekday, useFactName } from "./useSay";

/** Stands for the main entrance where a blank value can't be chosen. */
const MAIN = "/";

const toChoice = (name: string) => name || MAIN;
const ofChoice = (choice: string) => (choice === MAIN ? "" : choice);

function Row({ remove, label, children }: { remove(): void; label: string; children: ReactNode }) {
  return (
    <li className={styles.row}>
      <div className={styles.rowFields}>{children}</div>
      <button type="button" className="icon-button" aria-label={label} title={label} onClick={remove}>
        <Icon name="close" />
      </button>
    </li>
  );
}

function WhoFields({ who, onChange, remove }: { who: Who; onChange(who: Who): void; remove(): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const factName = useFactName();
  const custom = who.fact.startsWith(CUSTOM);
  const types = [...new Set([...event.ticket_types.map(({ name }) => name), ...who.values])];
  const values = {
    label: t("gates.rules.values"),
    value: who.values,
    onChange: (next: string[]) => onChange({ ...who, values: next }),
  };
  return (
    <Row remove={remove} label={t("gates.rules.removeWho")}>
      <div className={styles.pair}>
        <NativeSelect
          label={t("gates.rules.whoFact")}
          value={custom ? CUSTOM : who.fact}
          data={[
            ...["ticket_type", ...GUEST_FIELDS].map((value) => ({ value, label: factName(value) })),
            { value: CUSTOM, label: t("gates.rules.fact.custom") },
          ]}
          onChange={({ target }) => onChange({ fact: target.value, is: who.is, values: [] })}
        />
        <NativeSelect
          label={t("gates.rules.whoIs")}
          value={who.is ? "is" : "not"}
          data={[
            { value: "is", label: t("gates.rules.is") },
            { value: "not", label: t("gates.rules.isNot") },
          ]}
          onChange={({ target }) => onChange({ ...who, is: target.value === "is" })}
        />
      </div>
      {custom && (
        <TextInput
          label={t("gates.rules.header")}
          value={who.fact.slice(CUSTOM.length)}
          onChange={({ target }) => onChange({ ...who, fact: CUSTOM + target.value })}
        />
      )}
      {who.fact === "ticket_type" ? (
        <MultiSelect {...values} data={types} />
      ) : (
        <TagsInput {...values} description={t("gates.rules.valuesText")} />
      )}
    </Row>
  );
}

function WhereFields({ where, onChange }: { where: Where; onChange(where: Where): void }) {
  const { t } = useSpeech();
  const event = useEvent();
  const devices = useQuery(askGates.devices(event.id));
  const zones = [...new Set(["", ...event.zones.map(({ name }) => name), ...where.zone])];
  const titles = event.sessions.flatMap(({ title }) => (title === null ? [] : [title]));
  const sessions = [...new Set([...titles, ...where.session])];
  return (
    <>
      <MultiSelect
        label={t("gates.zone")}
        placeholder={where.zone.length === 0 ? t("gates.rules.everywhere") : ""}
        value={where.zone.map(toChoice)}
        data={zones.map((name) => ({ value: toChoice(name), label: name || t("gates.mainEntrance") }))}
        onChange={(zone) => onChange({ ...where, zone: zone.map(ofChoice) })}
      />
      <TagsInput
        label={t("gates.kind.gate")}
        placeholder={where.gate.length === 0 ? t("gates.rules.everyGate") : ""}
        value={where.gate}
        data={devices.data?.map(({ name }) => name).filter((name, at, all) => all.indexOf(name) === at) ?? []}
        onChange={(gate) => onChange({ ...where, gate })}
      />
      {sessions.length > 0 && (
        <MultiSelect
          label={t("gates.session")}
          placeholder={where.session.length === 0 ? t("gates.rules.everySession") : ""}
          value={where.session.map(toChoice)}
          data={sessions.map((title) => ({ value: toChoice(title), label: title || t("gates.rules.untitled") }))}
          onChange={(session) => onChange({ ...where, session: session.map(ofChoice) })}
        />
      )}
    </>
  );
}

/** A whole number of at least 1; 0 while there is none. */
function Whole({ label, value, onChange }: { label: string; value: number; onChange(value: number): void }) {
  return (
    <NumberInput
      label={label}
      min={1}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      value={value === 0 ? "" : value}
      onChange={(typed) => onChange(Number(typed) || 0)}
    />
  );
}

const WEEK = [1, 2, 3, 4, 5, 6, 7];

function LimitFields({ limit, onChange }: { limit: Limit; onChange(limit: Limit): void }) {
  const { t, locale } = useSpeech();
  switch (limit.kind) {
    case "weekdays":
      return (
        <div className={styles.week} role="group" aria-label={t("gates.rules.limit.weekdays")}>
          {WEEK.map((day) => {
            const on = limit.days.includes(day);
            return (
              <button
                key={day}
                type="button"
                aria-pressed={on}
                title={nameWeekday(locale, day)}
                onClick={() =>
                  onChange({ ...limit, days: WEEK.filter((other) => (other === day) !== limit.days.includes(other)) })
                }
              >
                {nameWeekday(locale, day, "short")}
              </button>
            );
          })}
        </div>
      );
    case "hours":
      return (
        <div className={styles.pair}>
          <TimeField
            label={t("gates.rules.from")}
            time={limit.from === 0 ? "" : sayMinute(limit.from)}
            onChange={(time) => onChange({ ...limit, from: minuteOf(time) ?? 0 })}
          />
          <TimeField
            label={t("gates.rules.until")}
            time={limit.until === DAY_MINUTES ? "" : sayMinute(limit.until)}
            onChange={(time) => onChange({ ...limit, until: minuteOf(time) || DAY_MINUTES })}
          />
        </div>
      );
    case "within":
      return (
        <div className={styles.pair}>
          <Whole label={t("gates.rules.times")} value={limit.most} onChange={(most) => onChange({ ...limit, most })} />
          <Whole
            label={t("gates.rules.minutes")}
            value={limit.minutes}
            onChange={(minutes) => onChange({ ...limit, minutes })}
          />
        </div>
      );
    case "wait":
      return (
        <div className={styles.pair}>
          <Whole
            label={t("gates.rules.minutes")}
            value={limit.minutes}
            onChange={(minutes) => onChange({ ...limit, minutes })}
          />
          <NativeSelect
            label={t("gates.rules.since")}
            value={limit.since}
            data={[
              { value: "entry", label: t("gates.rules.lastEntry") },
              { value: "exit", label: t("gates.rules.lastExit") },
            ]}
            onChange={({ target }) =>
              onChange({ ...limit, since: target.value === "entry" ? "entry" : "exit" })
            }
          />
        </div>
      );
    case "stay":
      return (
        <Whole
          label={t("gates.rules.minutes")}
          value={limit.minutes}
          onChange={(minutes) => onChange({ ...limit, minutes })}
        />
      );
    default:
      return (
        <Whole
          label={t(limit.kind === "days" ? "gates.rules.dayCount" : "gates.rules.times")}
          value={limit.most}
          onChange={(most) => onChange({ ...limit, most })}
        />
      );
  }
}

/** A sentence to be put together: who, where, and what limits them. */
export function SentenceFields({
  sentence,
  onChange,
}: {
  sentence: Sentence;
  onChange(sentence: Sentence): void;
}) {
  const { t } = useSpeech();
  const { who, where, limits } = sentence;
  const put = (change: Partial<Sentence>) => onChange({ ...sentence, ...change });
  const held = limits === "never" ? [] : limits;
  const more = addable(sentence);
  return (
    <div className={styles.sentence}>
      <fieldset>
        <legend>{t("gates.rules.whoTitle")}</legend>
        {who.length === 0 && <p className="quiet small">{t("gates.rules.everyoneText")}</p>}
        <ul>
          {who.map((one, at) => (
            <WhoFields
              key={at}
              who={one}
              onChange={(next) => put({ who: who.with(at, next) })}
              remove={() => put({ who: who.filter((_, other) => other !== at) })}
            />
          ))}
        </ul>
        <button
          type="button"
          className="text-button"
          onClick={() => put({ who: [...who, { fact: "ticket_type", is: true, values: [] }] })}
        >
          {t("gates.rules.addWho")}
        </button>
      </fieldset>
      <fieldset>
        <legend>{t("gates.rules.whereTitle")}</legend>
        <WhereFields where={where} onChange={(next) => put({ where: next })} />
      </fieldset>
      <fieldset>
        <legend>{t("gates.rules.limitsTitle")}</legend>
        <Radio.Group
          aria-label={t("gates.rules.limitsTitle")}
          value={limits === "never" ? "never" : "may"}
          onChange={(value) => put({ limits: value === "never" ? "never" : [newLimit("today")] })}
        >
          <Stack gap="xs">
            <Radio value="may" label={t("gates.rules.mayIf")} />
            <Radio value="never" label={t("gates.rules.mayNot")} />
          </Stack>
        </Radio.Group>
        <ul>
          {held.map((limit, at) => (
            <Row
              key={at}
              label={t("gates.rules.removeLimit")}
              remove={() => put({ limits: held.filter((_, other) => other !== at) })}
            >
              <p className="strong">{t(`gates.rules.limit.${limit.kind}`)}</p>
              <LimitFields limit={limit} onChange={(next) => put({ limits: held.with(at, next) })} />
            </Row>
          ))}
        </ul>
        {limits !== "never" && (
          <NativeSelect
            aria-label={t("gates.rules.addLimit")}
            value=""
            data={[
              { value: "", label: t("gates.rules.addLimit") },
              ...more.map((kind) => ({ value: kind, label: t(`gates.rules.limit.${kind}`) })),
            ]}
            onChange={({ target }) => {
              const kind = more.find((known) => known === target.value);
              if (kind !== undefined) put({ limits: [...held, newLimit(kind)] });
            }}
          />
        )}
      </fieldset>
    </div>
  );
}
