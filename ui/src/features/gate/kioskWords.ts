import { welcomeIn } from "../../locales/welcome";
import { type DoorSpeech, type Shown, toneOf, type VerdictWords, wordsOf } from "../../shared/verdict";

/** Refusals whose reason helps the guest and tells nobody else anything. */
const TOLD: readonly string[] = [
  "used",
  "replaced",
  "expired",
  "too_early",
  "not_this_session",
  "wrong_day",
  "online_only",
  "cancelled",
  "wrong_zone",
  "zone_full",
  "wrong_event",
];

const FOREIGN: readonly string[] = ["malformed", "unknown_key", "wrong_types", "unsupported_algorithm", "invalid_signature"];

/** What a kiosk says to the guest, who reads it alone and in sight of others. */
export interface KioskWords extends VerdictWords {
  /** The language of the head. */
  language: string;
}

export function kioskWords(shown: Shown, speech: DoorSpeech, zone: string): KioskWords {
  const { say, language } = speech;
  switch (toneOf(shown)) {
    case "admitted": {
      const welcome = welcomeIn(shown.language) ?? { word: welcomeIn(language)?.word ?? say("head.admitted"), language };
      return { head: welcome.word, language: welcome.language, why: say("kiosk.enjoy"), todo: null };
    }
    case "exited":
      return { head: say("head.exited"), language, why: say("kiosk.goodbye"), todo: null };
    default: {
      const why = FOREIGN.includes(shown.code)
        ? say("kiosk.not_code")
        : TOLD.includes(shown.code)
          ? wordsOf(shown, speech, zone).why
          : null;
      return { head: say("kiosk.moment"), language, why, todo: say("kiosk.staff") };
    }
  }
}
