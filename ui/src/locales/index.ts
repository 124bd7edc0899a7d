export { isolate, joined } from "./direction";
export * from "./format";
export { LANGUAGES, ownName, PSEUDO, speak, startSpeech } from "./language";
export { sayLength } from "./length";
export { type Speech, useSpeech } from "./useSpeech";
