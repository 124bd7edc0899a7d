import { describe, expect, it } from "vitest";
import {
  draftOf,
  minutesBetween,
  newPlan,
  newType,
  placeOf,
  placePlanOf,
  seriesOf,
  sessionOf,
  stepOf,
  weekdayOf,
} from "./plan";

const day = { key: "a", title: " ", day: "2027-05-14", from: "19:00", until: "23:00", doors: "" };

describe("a day", () => {
  it("is told in local times, without what was left blank", () => {
    expect(sessionOf(day)).toEqual({ starts: "2027-05-14T19:00", ends: "2027-05-14T23:00" });
  });

  it("ends after midnight, and opens before it", () => {
    expect(sessionOf({ ...day, until: "02:30" }).ends).toBe("2027-05-15T02:30");
    expect(sessionOf({ ...day, until: "19:00" }).ends).toBe("2027-05-15T19:00");
    expect(sessionOf({ ...day, day: "2027-12-31", until: "01:00" }).ends).toBe("2028-01-01T01:00");
    expect(sessionOf({ ...day, from: "00:30", doors: "23:45" }).doors).toBe("2027-05-13T23:45");
  });

  it("is blank where nothing was chosen, so that the API says what is missing", () => {
    expect(sessionOf({ ...day, day: null, until: "" })).toMatchObject({ starts: "", ends: "" });
  });
});

describe("a series", () => {
  const { series } = newPlan("en", "Europe/Vienna", "Standard");

  it("repeats on the first day's weekday until others are chosen", () => {
    expect(weekdayOf("2027-05-14")).toBe("Fri");
    expect(seriesOf(day, series).pattern).toEqual({ repeats: "weekly", every: 1, days: ["Fri"] });
    expect(seriesOf(day, { ...series, days: ["Mon", "Thu"] }).pattern).toMatchObject({
      days: ["Mon", "Thu"],
    });
    expect(seriesOf(day, { ...series, repeats: "monthly_by_date" }).pattern).toMatchObject({ day: 14 });
    expect(
      seriesOf(day, { ...series, repeats: "monthly_by_weekday", nth: -1 }).pattern,
    ).toMatchObject({ nth: -1, day: "Fri" });
  });

  it("lasts as long as its first session, over midnight too", () => {
    expect(minutesBetween("22:00", "01:30")).toBe(210);
    const late = seriesOf({ ...day, from: "22:00", until: "01:30", doors: "21:15" }, series);
    expect(late).toMatchObject({ duration_minutes: 210, doors_minutes: 45 });
  });

  it("ends never, on a day or after some", () => {
    expect(seriesOf(day, { ...series, ends: "never" }).ends).toBe("never");
    expect(seriesOf(day, { ...series, ends: "on", on: "2027-09-01" }).ends).toEqual({ on: "2027-09-01" });
    expect(seriesOf(day, { ...series, ends: "after", after: 3 }).ends).toEqual({ after: 3 });
  });
});

describe("a draft", () => {
  it("holds prices in minor units of its currency", () => {
    const plan = newPlan("en", "Europe/Vienna", "Standard");
    const prices = (currency: string) =>
      draftOf({ ...plan, currency, types: [{ ...newType("VIP"), price: 19.99 }] }).ticket_types?.[0]
        ?.price_minor;
    expect(prices("EUR")).toBe(1999);
    expect(prices("JPY")).toBe(20);
    expect(prices("KWD")).toBe(19990);
  });

  it("sends of the place what its mode has a use for, and keeps the rest", () => {
    const { place } = newPlan("en", "UTC", "Standard");
    const typed = { ...place, meeting: { ...place.meeting, link: " https://meet.example.org " } };
    expect(placeOf({ ...typed, mode: "in_person" })).not.toHaveProperty("meeting");
    const online = placeOf({ ...typed, mode: "online" });
    expect(online).not.toHaveProperty("venue");
    expect(online.meeting?.link).toBe("https://meet.example.org");
    expect(placeOf(placePlanOf(placeOf({ ...typed, mode: "hybrid" })))).toEqual(
      placeOf({ ...typed, mode: "hybrid" }),
    );
  });

  it("knows the step of each field", () => {
    expect(
      ["title", "schedule.days[1].ends", "place.venue.city", "ticket_types[0].name", "zones[2].name", "photos"].map(stepOf),
    ).toEqual(["basics", "dates", "place", "types", "types", "review"]);
  });
});
