import type { EventDraft, Place, SessionDraft, TicketTypeDraft } from "../../api";
import { decimalsOf } from "../../locales";

/** One day as it is typed: texts until it is sent. Times are local to the event. */
export interface DayPlan {
  key: string;
  title: string;
  /** `2027-05-14`; null until it is chosen. */
  day: string | null;
  /** `19:00`. */
  from: string;
  /** `01:00`; one that is no later than `from` is of the next day. */
  until: string;
  /** `18:30`; blank for the start. */
  doors: string;
}

export const REPEATS = [
  "weekly",
  "daily",
  "weekdays",
  "monthly_by_date",
  "monthly_by_weekday",
  "yearly",
] as const;
export type Repeats = (typeof REPEATS)[number];

export const WEEKDAYS = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** How a series goes on; its first day and hours are a `DayPlan`. */
export interface SeriesPlan {
  repeats: Repeats;
  every: number | string;
  /** Weekdays; none chosen means that of the first day. */
  days: Weekday[];
  /** Day of the month; null means that of the first day. */
  date: number | string | null;
  /** 1 to 4, or -1 for the last. */
  nth: number;
  weekday: Weekday | null;
  ends: "never" | "on" | "after";
  on: string | null;
  after: number | string;
}

export type Mode = Place["mode"];

/** A place as it is typed; what its mode has no use for is kept and not sent. */
export interface PlacePlan {
  mode: Mode;
  venue: {
    name: string;
    address: string;
    city: string;
    country: string;
    parking: string;
    accessibility: string;
    private: boolean;
  };
  meeting: { provider: string; link: string; id: string; access_code: string };
  latitude: number | null;
  longitude: number | null;
}

/** A ticket type as it is typed. */
export interface TypePlan {
  key: string;
  name: string;
  description: string;
  /** In the currency's own units, such as `25.5`. */
  price: number | string;
  capacity: number | string;
  attendance: "in_person" | "online";
  zones: string[];
  /** Days of a multi-day event that it opens, from 1; none opens all. */
  days: string[];
  /** Whether it opens all sessions of a series. */
  series_pass: boolean;
}

export type Kind = EventDraft["schedule"]["kind"];

/** An event as it is planned, before it is made. */
export interface Plan {
  title: string;
  tagline: string;
  description: string;
  category: string;
  tags: string[];
  organizer: string;
  language: string;
  currency: string;
  time_zone: string;
  capacity: number | string;
  kind: Kind;
  once: DayPlan;
  days: DayPlan[];
  first: DayPlan;
  series: SeriesPlan;
  place: PlacePlan;
  types: TypePlan[];
  zones: string[];
}

const key = () => crypto.randomUUID();

export const newDay = (day: string | null = null): DayPlan => ({
  key: key(),
  title: "",
  day,
  from: "19:00",
  until: "23:00",
  doors: "",
});

export const newType = (name = ""): TypePlan => ({
  key: key(),
  name,
  description: "",
  price: 0,
  capacity: "",
  attendance: "in_person",
  zones: [],
  days: [],
  series_pass: false,
});

export const newPlace = (): PlacePlan => ({
  mode: "in_person",
  venue: {
    name: "",
    address: "",
    city: "",
    country: "",
    parking: "",
    accessibility: "",
    private: false,
  },
  meeting: { provider: "", link: "", id: "", access_code: "" },
  latitude: null,
  longitude: null,
});

export function newPlan(language: string, zone: string, typeName: string): Plan {
  return {
    title: "",
    tagline: "",
    description: "",
    category: "",
    tags: [],
    organizer: "",
    language,
    currency: "EUR",
    time_zone: zone,
    capacity: "",
    kind: "one_time",
    once: newDay(),
    days: [newDay(), newDay()],
    first: newDay(),
    series: {
      repeats: "weekly",
      every: 1,
      days: [],
      date: null,
      nth: 1,
      weekday: null,
      ends: "after",
      on: null,
      after: 10,
    },
    place: newPlace(),
    types: [newType(typeName)],
    zones: [],
  };
}

const DAY_MINUTES = 24 * 60;

/** Minutes of the day that a text such as `19:30` says; NaN for one that says no time. */
export function minutesOf(time: string): number {
  const [, hours, minutes] = /^(\d{1,2}):(\d{2})/.exec(time) ?? [];
  return Number(hours) * 60 + Number(minutes);
}

/** Minutes from one time of the day to the next time that it is the other: 1 to 1,440. */
export function minutesBetween(from: string, until: string): number {
  const between = minutesOf(until) - minutesOf(from);
  return between > 0 ? between : between + DAY_MINUTES;
}

export function dayAfter(day: string, days = 1): string {
  const at = new Date(`${day}T12:00:00Z`);
  at.setUTCDate(at.getUTCDate() + days);
  return at.toISOString().slice(0, 10);
}

/** Whether a day's end is of the next day. */
export const endsNextDay = ({ from, until }: DayPlan) => minutesOf(until) <= minutesOf(from);

/** A local time as the API takes it; blank when a part of it is missing. */
export const localText = (day: string | null, time: string) =>
  day === null || time === "" ? "" : `${day}T${time.slice(0, 5)}`;

/** The weekday of a day such as `2027-05-14`. */
export function weekdayOf(day: string): Weekday {
  const sunday0 = new Date(`${day}T12:00:00Z`).getUTCDay();
  return WEEKDAYS[(sunday0 + 6) % 7] ?? "Mon";
}

export function sessionOf(plan: DayPlan): SessionDraft {
  const { title, day, from, until, doors } = plan;
  const last = day !== null && endsNextDay(plan) ? dayAfter(day) : day;
  const doorsDay =
    day !== null && doors !== "" && minutesOf(doors) > minutesOf(from) ? dayAfter(day, -1) : day;
  return {
    starts: localText(day, from),
    ends: localText(last, until),
    ...(doors === "" ? {} : { doors: localText(doorsDay, doors) }),
    ...(title.trim() === "" ? {} : { title: title.trim() }),
  };
}

/** A whole number that was typed; null while the field is empty. */
export const wholeOf = (typed: number | string | null): number | null =>
  typed === null || typed === "" ? null : Math.trunc(Number(typed));

type SeriesDraft = Extract<EventDraft["schedule"], { kind: "recurring" }>["series"];
type Pattern = NonNullable<SeriesDraft["pattern"]>;

function patternOf(series: SeriesPlan, first: string | null): Pattern {
  const every = wholeOf(series.every) ?? 0;
  const own = first === null ? "Mon" : weekdayOf(first);
  switch (series.repeats) {
    case "daily":
      return { repeats: "daily", every };
    case "weekdays":
      return { repeats: "weekdays" };
    case "weekly":
      return { repeats: "weekly", every, days: series.days.length > 0 ? series.days : [own] };
    case "monthly_by_date": {
      const day = wholeOf(series.date) ?? Number(first?.slice(8) ?? 1);
      return { repeats: "monthly_by_date", every, day };
    }
    case "monthly_by_weekday":
      return { repeats: "monthly_by_weekday", every, nth: series.nth, day: series.weekday ?? own };
    case "yearly":
      return { repeats: "yearly", every };
  }
}

export function seriesOf(first: DayPlan, series: SeriesPlan): SeriesDraft {
  const doors = first.doors === "" ? 0 : minutesBetween(first.doors, first.from) % DAY_MINUTES;
  const ends: SeriesDraft["ends"] =
    series.ends === "on" && series.on !== null
      ? { on: series.on }
      : series.ends === "after"
        ? { after: wholeOf(series.after) ?? 0 }
        : "never";
  return {
    pattern: patternOf(series, first.day),
    ends,
    starts: localText(first.day, first.from),
    duration_minutes: minutesBetween(first.from, first.until) || 0,
    doors_minutes: doors || 0,
  };
}

export function scheduleOf(plan: Plan): EventDraft["schedule"] {
  switch (plan.kind) {
    case "one_time":
      return { kind: "one_time", session: sessionOf(plan.once) };
    case "multi_day":
      return { kind: "multi_day", days: plan.days.map(sessionOf) };
    case "recurring":
      return { kind: "recurring", series: seriesOf(plan.first, plan.series) };
  }
}

const trimmed = <T extends Record<string, unknown>>(texts: T): T =>
  Object.fromEntries(
    Object.entries(texts).map(([name, value]) => [
      name,
      typeof value === "string" ? value.trim() : value,
    ]),
  ) as T;

export function placeOf(plan: PlacePlan): Place {
  const { mode, latitude, longitude } = plan;
  const where = latitude === null || longitude === null ? {} : { latitude, longitude };
  return {
    mode,
    ...(mode === "online" ? {} : { venue: { ...trimmed(plan.venue), ...where } }),
    ...(mode === "in_person" ? {} : { meeting: trimmed(plan.meeting) }),
  };
}

/** A known place as it is typed anew. */
export function placePlanOf(place: Place): PlacePlan {
  const blank = newPlace();
  const { latitude = null, longitude = null, ...venue } = place.venue ?? {};
  return {
    mode: place.mode,
    venue: { ...blank.venue, ...venue },
    meeting: { ...blank.meeting, ...place.meeting },
    latitude,
    longitude,
  };
}

/** A price in minor units; a currency has none, two or three decimals. */
export const minorOf = (price: number | string, currency: string): number =>
  Math.round(Number(price) * 10 ** decimalsOf(currency));

/** Sends only what the event's kind and place have a use for. */
export function typeOf(type: TypePlan, plan: Pick<Plan, "currency" | "kind"> & { mode: Mode }) {
  const attendance =
    plan.mode === "hybrid" ? type.attendance : plan.mode === "online" ? "online" : "in_person";
  const draft: TicketTypeDraft = {
    name: type.name.trim(),
    description: type.description.trim(),
    price_minor: minorOf(type.price, plan.currency),
    capacity: wholeOf(type.capacity),
    attendance,
    zones: type.zones,
    ...(plan.kind === "multi_day" ? { days: type.days.map(Number).toSorted((a, b) => a - b) } : {}),
    ...(plan.kind === "recurring" ? { series_pass: type.series_pass } : {}),
  };
  return draft;
}

/** The plan as the API takes it. */
export function draftOf(plan: Plan): EventDraft {
  const kept = { currency: plan.currency, kind: plan.kind, mode: plan.place.mode };
  return {
    title: plan.title.trim(),
    tagline: plan.tagline.trim(),
    description: plan.description.trim(),
    category: plan.category.trim(),
    tags: plan.tags,
    organizer: plan.organizer.trim(),
    language: plan.language,
    currency: plan.currency,
    time_zone: plan.time_zone,
    capacity: wholeOf(plan.capacity),
    schedule: scheduleOf(plan),
    place: placeOf(plan.place),
    ticket_types: plan.types.map((type) => typeOf(type, kept)),
    zones: plan.zones.map((name) => ({ name })),
  };
}

export const STEPS = ["basics", "dates", "place", "types", "review"] as const;
export type Step = (typeof STEPS)[number];

/** The step on which a field of the API stands; the review for one that is on none. */
export function stepOf(field: string): Step {
  const [head = ""] = field.split(/[.[]/);
  if (["schedule", "time_zone", "capacity"].includes(head)) return "dates";
  if (head === "place") return "place";
  if (["ticket_types", "zones", "free"].includes(head)) return "types";
  const basics = ["title", "tagline", "description", "category", "tags"];
  if ([...basics, "organizer", "language", "currency"].includes(head)) return "basics";
  return "review";
}
