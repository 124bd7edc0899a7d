export { DayField } from "./DayField";
export { sayDay, today } from "./dayText";
export { TimeField } from "./TimeField";
