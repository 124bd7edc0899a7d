import { isolate } from "../direction";
import { formatTime, formatYearlessDay } from "../format";
import { mirrorText } from "../pseudo";
import en from "./en.json";

/** What is said at a door, each text under its name. */
export type DoorWords = typeof en;
export type DoorKey = keyof DoorWords;

/** How a door speaks. */
export interface DoorSpeech {
  /** The language of the words. */
  language: string;
  /** A text with its values put in. */
  say(key: DoorKey, values?: Readonly<Record<string, string | number>>): string;
  /** A time of day as the language writes it. */
  time(zone: string, at: number): string;
  /** A day as the language writes it; null where it is that of `now`. */
  day(zone: string, at: number, now: number): string | null;
}

const FILES = import.meta.glob<DoorWords>("./*.json", { import: "default" });

/** The languages that a door speaks, by tag. */
export const DOOR_LANGUAGES: readonly string[] = Object.keys(FILES)
  .map((path) => path.replace(/^\.\/|\.json$/g, ""))
  .sort();

/** The mirrored language has another file nowhere. */
const MIRRORED = "ar-XB";

const baseOf = (tag: string) => tag.toLowerCase().split("-")[0] ?? "";

/** The reader's own regional form of a language when they named one, for times. */
const localeOf = (language: string) =>
  navigator.languages.find((tag) => baseOf(tag) === language) ?? language;

function speechOf(language: string, words: DoorWords): DoorSpeech {
  const mirrored = language === MIRRORED;
  const locale = () => localeOf(mirrored ? "en" : language);
  return {
    language,
    say(key, values = {}) {
      const text = mirrored ? mirrorText(words[key]) : words[key];
      return text.replace(/\{\{(\w+)\}\}/g, (_, name: string) => isolate(String(values[name] ?? "")));
    },
    time: (zone, at) => formatTime(locale(), zone, at),
    day(zone, at, now) {
      const day = formatYearlessDay(locale(), zone, at);
      return day === formatYearlessDay(locale(), zone, now) ? null : day;
    },
  };
}

/** English, which is there before any file is read. */
export const ENGLISH: DoorSpeech = speechOf("en", en);

/** The language to speak to a guest: their own where the door speaks it, otherwise the gate's. */
export function languageFor(guest: string | null, gate: string): string {
  return guest !== null && DOOR_LANGUAGES.includes(baseOf(guest)) ? guest : gate;
}

/** Speaks a language of the door, by its tag or the part before the region; otherwise English. */
export async function speakAtDoor(tag: string): Promise<DoorSpeech> {
  if (tag === MIRRORED) return speechOf(tag, en);
  const base = baseOf(tag);
  const read = FILES[`./${tag}.json`] ?? FILES[`./${base}.json`];
  if (read === undefined || base === "en") return ENGLISH;
  return speechOf(base, await read());
}
