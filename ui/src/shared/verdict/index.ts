export { type Code, CODES, gravest, isCode, letsPass, type Party, type Shown, type Tone, TONES, toneOf } from "./shown";
export { SIGNALS, Sounds } from "./sounds";
export { UndecidedScreen, VerdictGround, VerdictScreen } from "./VerdictScreen";
export { VerdictShape } from "./VerdictShape";
export {
  DOOR_LANGUAGES,
  type DoorKey,
  type DoorSpeech,
  ENGLISH,
  languageFor,
  speakAtDoor,
  undecidedWords,
  type VerdictWords,
  wordsOf,
} from "./words";
