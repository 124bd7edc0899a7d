export { ConfirmDialog } from "./ConfirmDialog";
export { ReasonDialog } from "./ReasonDialog";
export { Refused } from "./Refused";
export { type Sending, useSending } from "./useSending";
