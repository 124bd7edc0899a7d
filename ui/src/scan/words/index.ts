/** What the scanner's page says, in the languages of the door. */
import { createContext, useContext } from "react";
import { isolate } from "../../locales/direction";
import { formatCount, formatMoment, formatTime } from "../../locales/format";
import { recall, remember } from "../../platform/memory";
import { DOOR_LANGUAGES, type DoorSpeech, ENGLISH, speakAtDoor } from "../../shared/verdict";
import en from "./en.json";

export type Words = typeof en;
type Key = keyof Words;
/** A text that has a form for one and a form for several. */
type Counted = { [K in Key]: K extends `${infer Base}.other` ? (`${Base}.one` extends Key ? Base : never) : never }[Key];

export interface Speech {
  language: string;
  /** The door's own words, for verdicts. */
  door: DoorSpeech;
  say(key: Key, values?: Readonly<Record<string, string | number>>): string;
  sayCount(key: Counted, n: number): string;
  /** A time of day in a zone; with the day where that is not today. */
  when(zone: string, at: number): string;
}

const FILES = import.meta.glob<Words>("./*.json", { import: "default" });

const fill = (text: string, values: Readonly<Record<string, string | number>>) =>
  text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => isolate(String(values[name] ?? "")));

function speechOf(language: string, words: Words, door: DoorSpeech): Speech {
  const locale = navigator.languages.find((tag) => tag.split("-")[0] === language) ?? language;
  const rules = new Intl.PluralRules(language);
  return {
    language,
    door,
    say: (key, values = {}) => fill(words[key], values),
    sayCount: (key, n) => {
      const form = rules.select(n) === "one" ? "one" : "other";
      return fill(words[`${key}.${form}`], { n: formatCount(locale, n) });
    },
    when: (zone, at) =>
      Math.abs(Date.now() - at) < 12 * 3_600_000 ? formatTime(locale, zone, at) : formatMoment(locale, zone, at),
  };
}

/** The language chosen before, or the first of the reader's that the scanner speaks. */
export function firstLanguage(wanted: readonly string[] = navigator.languages): string {
  const bases = [recall("language"), ...wanted].map((tag) => tag?.toLowerCase().split("-")[0] ?? "");
  return bases.find((base) => DOOR_LANGUAGES.includes(base)) ?? "en";
}

export async function speechIn(language: string): Promise<Speech> {
  const read = FILES[`./${language}.json`];
  if (read === undefined || language === "en") return speechOf("en", en, ENGLISH);
  const [words, door] = await Promise.all([read(), speakAtDoor(language)]);
  return speechOf(language, words, door);
}

export const chooseLanguage = (language: string) => remember("language", language);

export const LANGUAGES = DOOR_LANGUAGES;

export const SpeechContext = createContext<Speech>(speechOf("en", en, ENGLISH));

export const useSpeech = () => useContext(SpeechContext);
