import type { BadgeSettings } from "../../../api/gate";
import type { DoorSettings } from "../../../api/gates";

/** The door's settings as they are typed. */
export interface DoorFields {
  re_entry: DoorSettings["re_entry"];
  /** `05:00`; blank for never. */
  auto_exit: string;
  walk_ins: boolean;
  undo_minutes: number | string;
  kiosk_welcome: string;
  questions: string[];
  badge: BadgeSettings;
  show_photo: boolean;
}

const two = (n: number) => n.toString().padStart(2, "0");

/** A minute of the day as `05:00`. */
export const sayMinute = (minute: number) => `${two(Math.floor(minute / 60))}:${two(minute % 60)}`;

/** `05:00` as a minute of the day; null for what is no time. */
export function minuteOf(time: string): number | null {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(time) ?? [];
  const minute = Number(hours) * 60 + Number(minutes);
  return Number.isInteger(minute) && minute < 1_440 ? minute : null;
}

export const fieldsOf = (settings: DoorSettings): DoorFields => ({
  re_entry: settings.re_entry,
  auto_exit: settings.auto_exit_minute === null ? "" : sayMinute(settings.auto_exit_minute),
  walk_ins: settings.walk_ins,
  undo_minutes: settings.undo_minutes,
  kiosk_welcome: settings.kiosk_welcome ?? "",
  questions: settings.questions,
  badge: settings.badge,
  show_photo: settings.show_photo,
});

/** What is written of them; zones are not among these fields and stay as they are. */
export const settingsOf = (fields: DoorFields): Omit<DoorSettings, "pin_set"> => ({
  zones: [],
  re_entry: fields.re_entry,
  auto_exit_minute: minuteOf(fields.auto_exit),
  walk_ins: fields.walk_ins,
  undo_minutes: Number(fields.undo_minutes),
  kiosk_welcome: fields.kiosk_welcome.trim() || null,
  questions: fields.questions.map((question) => question.trim()).filter((question) => question !== ""),
  badge: fields.badge,
  show_photo: fields.show_photo,
});
