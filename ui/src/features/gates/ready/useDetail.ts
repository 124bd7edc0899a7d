import { useCallback } from "react";
import { useEvent } from "../../../api";
import type { PreflightLine } from "../../../api/gates";
import { formatShortMoment, joined, useSpeech } from "../../../locales";
import { numberOf } from "./lines";

const GIGABYTE = 1_000_000_000;

/** Says the figure that a line found, where it found one. */
export function useDetail(): (line: PreflightLine) => string | null {
  const { t, locale, count } = useSpeech();
  const { time_zone: zone } = useEvent();
  return useCallback(
    (line) => {
      const find = (...names: string[]) => numberOf(line, ...names);
      switch (line.code) {
        case "tickets_issued": {
          const tickets = find("tickets", "count");
          return tickets === null ? null : t("gates.ready.tickets", { count: tickets });
        }
        case "test_ticket": {
          const [gate, at] = [line.params["gate"], find("at")];
          return typeof gate !== "string" || at === null
            ? null
            : joined([gate, formatShortMoment(locale, zone, at)], " · ");
        }
        case "devices_online": {
          const [online, all] = [find("online"), find("total", "devices", "active")];
          return online === null || all === null
            ? null
            : t("gates.ready.online", { n: count(online), all: count(all) });
        }
        case "gates_meet": {
          const [met, all] = [find("met"), find("total")];
          return met === null || all === null || all === 0
            ? null
            : t("gates.ready.met", { n: count(met), all: count(all) });
        }
        case "roster_fresh": {
          const minutes = find("minutes", "age_minutes");
          return minutes === null ? null : t("gates.ready.ago", { count: minutes });
        }
        case "certificate_days": {
          const days = find("days");
          return days === null ? null : t("gates.ready.days", { count: days });
        }
        case "battery": {
          const percent = find("percent", "level");
          return percent === null
            ? null
            : new Intl.NumberFormat(locale, { style: "percent" }).format(percent / 100);
        }
        case "disk": {
          const bytes = find("free_bytes", "bytes_free", "bytes");
          return bytes === null
            ? null
            : new Intl.NumberFormat(locale, {
                style: "unit",
                unit: "gigabyte",
                maximumFractionDigits: 1,
              }).format(bytes / GIGABYTE);
        }
        case "gate_clocks":
        case "clock": {
          const off = find("offset_ms", "off_ms");
          return off === null
            ? null
            : t("gates.ready.off", { count: Math.round(Math.abs(off) / 1_000) });
        }
        default:
          return null;
      }
    },
    [t, locale, count, zone],
  );
}
