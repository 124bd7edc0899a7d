import { joined } from "../../locales/direction";
import { type DoorKey, type DoorSpeech, DOOR_LANGUAGES, ENGLISH, languageFor, speakAtDoor } from "../../locales/door";
import { type Code, isCode, type Shown } from "./shown";

export { DOOR_LANGUAGES, type DoorKey, type DoorSpeech, ENGLISH, languageFor, speakAtDoor };

/** What is said of a verdict: the word, why, and what to do next. */
export interface VerdictWords {
  head: string;
  why: string | null;
  todo: string | null;
}

/** Codes that need no reason: the word says it all. */
type Plain = "admitted" | "exited";
/** Codes after which nothing is left to do. */
type Settled = Plain | "forced" | "undone";

function reasonOf(shown: Shown, code: Exclude<Code, Plain>, speech: DoorSpeech, zone: string): string {
  const { say } = speech;
  // The day is said where it is another one.
  const when = (at: number) => {
    const day = speech.day(zone, at, shown.at);
    return { suffix: day === null ? "" : "_day", values: { time: speech.time(zone, at), ...(day !== null && { day }) } } as const;
  };
  switch (code) {
    case "used": {
      const { first_used_at: at, first_used_gate: gate } = shown;
      if (at === null) return say("why.used");
      const { suffix, values } = when(at);
      return gate === null
        ? say(`why.used_when${suffix}`, values)
        : say(`why.used_where${suffix}`, { gate, ...values });
    }
    case "too_early": {
      if (shown.doors_at === null) return say("why.too_early");
      const { suffix, values } = when(shown.doors_at);
      return say(`why.too_early_when${suffix}`, values);
    }
    case "wrong_zone":
    case "zone_full":
      return shown.zone === null ? say(`why.${code}`) : say(`why.${code}_name`, { zone: shown.zone });
    case "rule_refused": {
      if (shown.rule === null) return say("why.rule_refused");
      return joined([say("why.rule_refused_title", { rule: shown.rule }), shown.rule_message], " ");
    }
    default:
      return say(`why.${code}`);
  }
}

const isPlain = (code: Code): code is Plain => code === "admitted" || code === "exited";
const isSettled = (code: Code): code is Settled => isPlain(code) || code === "forced" || code === "undone";

/** The words for a verdict; times stand in the event's zone. A code that is new is said in English. */
export function wordsOf(shown: Shown, speech: DoorSpeech, zone: string): VerdictWords {
  const { code, message } = shown;
  if (!isCode(code)) {
    const why = message === "" ? null : message;
    if (shown.verdict === "refused") return { head: speech.say("head.unknown"), why, todo: speech.say("do.unknown") };
    return { head: speech.say(`head.${shown.verdict}`), why, todo: null };
  }
  return {
    head: speech.say(`head.${code}`),
    why: isPlain(code) ? null : reasonOf(shown, code, speech, zone),
    todo: isSettled(code) ? null : speech.say(`do.${code}`),
  };
}

/** What was left undecided: a code, something done by hand, or the latter with a refusal that speaks for itself. */
export type Undecided = "code" | "hand" | "refused";

/** The words where nothing was decided. */
export function undecidedWords({ say }: DoorSpeech, what: Undecided = "code"): VerdictWords {
  const head = say("head.undecided");
  switch (what) {
    case "code":
      return { head, why: say("why.undecided"), todo: say("do.undecided") };
    case "hand":
      return { head, why: say("why.undecided_hand"), todo: say("do.undecided_hand") };
    case "refused":
      return { head, why: null, todo: null };
  }
}
