export { ConfirmDialog } from "./ConfirmDialog";
export { KindCards } from "./KindCards";
export { isAgreed, NO_PASSPHRASE, PassphraseFields, type TypedPassphrase } from "./PassphraseFields";
export { ReasonDialog } from "./ReasonDialog";
export { Refused } from "./Refused";
export { type Sending, useSending } from "./useSending";
