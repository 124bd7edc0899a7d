export { isolate, joined } from "./direction";
export * from "./format";
export { LANGUAGES, ownName, PSEUDO, speak, startSpeech } from "./language";
export { type Speech, useSpeech } from "./useSpeech";
