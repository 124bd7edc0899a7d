import { useCallback } from "react";
import { useSpeech } from "../../../locales";
import { CUSTOM, DAY_MINUTES, type Limit, type Sentence, type Who } from "./sentence";

/** 5 January 1970, a Monday. */
const A_MONDAY = Date.UTC(1970, 0, 5);

/** A weekday's name, from 1 for Monday. */
export function nameWeekday(locale: string, day: number, weekday: "long" | "short" = "long"): string {
  return new Intl.DateTimeFormat(locale, { timeZone: "UTC", weekday }).format(
    A_MONDAY + (day - 1) * 86_400_000,
  );
}

const FACT_WORDS = {
  ticket_type: "gates.rules.fact.ticketType",
  "guest.company": "gates.rules.fact.company",
  "guest.title": "gates.rules.fact.title",
  "guest.group": "gates.rules.fact.group",
  "guest.language": "gates.rules.fact.language",
  "guest.name": "gates.rules.fact.name",
} as const;

type KnownFact = keyof typeof FACT_WORDS;

/** What a fact of a guest is called. */
export function useFactName(): (fact: string) => string {
  const { t } = useSpeech();
  return useCallback(
    (fact) => (fact.startsWith(CUSTOM) ? fact.slice(CUSTOM.length) : t(FACT_WORDS[fact as KnownFact])),
    [t],
  );
}

/** Says a rule as a sentence. */
export function useSay(): (sentence: Sentence) => string {
  const { t, locale, count } = useSpeech();
  const factName = useFactName();
  return useCallback(
    ({ who, where, limits }) => {
      const either = (values: readonly string[]) =>
        new Intl.ListFormat(locale, { type: "disjunction" }).format(values);
      const clock = (minute: number) =>
        new Intl.DateTimeFormat(locale, { timeZone: "UTC", hour: "2-digit", minute: "2-digit" }).format(
          (minute % DAY_MINUTES) * 60_000,
        );
      const person = ({ fact, is, values }: Who) => {
        const named = { field: factName(fact), values: either(values) };
        return t(is ? "gates.rules.who.is" : "gates.rules.who.isNot", named);
      };
      const limit = (one: Limit): string => {
        switch (one.kind) {
          case "weekdays":
            return t("gates.rules.say.weekdays", {
              days: either(one.days.map((day) => nameWeekday(locale, day))),
            });
          case "hours": {
            const [from, until] = [clock(one.from), clock(one.until)];
            if (one.until === DAY_MINUTES) return t("gates.rules.say.after", { from });
            return one.from === 0
              ? t("gates.rules.say.before", { until })
              : t("gates.rules.say.hours", { from, until });
          }
          case "within":
            return t("gates.rules.say.within", { count: one.most, minutes: count(one.minutes) });
          case "wait":
            return t(one.since === "exit" ? "gates.rules.say.waitExit" : "gates.rules.say.waitEntry", {
              count: one.minutes,
            });
          case "stay":
            return t("gates.rules.say.stay", { count: one.minutes });
          default:
            return t(`gates.rules.say.${one.kind}`, { count: one.most });
        }
      };
      const types = who.filter(({ fact }) => fact === "ticket_type");
      const [first, ...more] = types;
      const subject =
        first === undefined
          ? t("gates.rules.who.everyone")
          : t(first.is ? "gates.rules.who.types" : "gates.rules.who.notTypes", {
              types: either(first.values),
            });
      const others = [...more, ...who.filter(({ fact }) => fact !== "ticket_type")];
      const zones = where.zone.map((zone) => zone || t("gates.mainEntrance"));
      const sessions = where.session.map((session) => session || t("gates.rules.untitled"));
      const places = [
        where.zone.length > 0 && t("gates.rules.where.zone", { zones: either(zones) }),
        where.gate.length > 0 && t("gates.rules.where.gate", { gates: either(where.gate) }),
        where.session.length > 0 && t("gates.rules.where.session", { sessions: either(sessions) }),
      ].filter((place) => place !== false);
      const sentence = t(limits === "never" ? "gates.rules.sentence.never" : "gates.rules.sentence.may", {
        who: [subject, ...others.map(person)].join(" "),
        where: places.join(" "),
        limits: limits === "never" ? "" : limits.map(limit).join(", "),
      });
      const plain = sentence.replace(/ +/g, " ").replace(/ ([.])/g, "$1").trim();
      return plain.charAt(0).toLocaleUpperCase(locale) + plain.slice(1);
    },
    [t, locale, count, factName],
  );
}
