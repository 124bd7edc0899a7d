import { Button } from "@mantine/core";
import { type TicketType, useColour, useEvent } from "../../../api";
import { formatMoney, useSpeech } from "../../../locales";
import { usePlace } from "../../../shared/place";
import { TypeMark } from "../../../shared/TypeMark";
import { NEW } from "./DatesPart";
import { useHeld } from "./useHeld";
import styles from "./setup.module.css";

/** The types that a person plans; those of single sessions are copies of theirs. */
export const plannedTypes = (types: readonly TicketType[]) =>
  types.filter(({ scope }) => scope !== "session");

/** The ticket types; each opens beside the list. */
export function TypesPart() {
  const { t, locale } = useSpeech();
  const event = useEvent();
  const colour = useColour();
  const { open, settle } = usePlace();
  const held = useHeld("tiers");
  const types = plannedTypes(event.ticket_types);
  const zoneName = (id: string) => event.zones.find((zone) => zone.id === id)?.name;
  return (
    <div className={styles.part}>
      {held !== null && <p className="quiet">{held}</p>}
      {types.length === 0 && <p className="quiet">{t("planning.typesMissing")}</p>}
      <ul className={styles.lines}>
        {types.map((type) => (
          <li key={type.id}>
            <button
              type="button"
              className={styles.line}
              aria-current={open === type.id}
              onClick={() => settle({ open: type.id })}
            >
              <span className="strong">
                <TypeMark name={type.name} colour={colour(type.name)} />
              </span>
              <span>
                {type.price_minor === 0
                  ? t("overview.free")
                  : formatMoney(locale, type.price_minor, event.currency)}
                {" · "}
                {type.capacity === null
                  ? t("overview.unlimited")
                  : t("overview.upTo", { n: type.capacity })}
              </span>
              <span className="quiet small">
                {[
                  event.place.mode === "hybrid" && t(`placeMode.${type.attendance}`),
                  event.kind === "recurring" && type.scope === "event" && t("setup.pass"),
                  ...type.zones.map(zoneName),
                ]
                  .filter(Boolean)
                  .join(" · ")}
              </span>
            </button>
          </li>
        ))}
      </ul>
      <div>
        <Button variant="default" disabled={held !== null} onClick={() => settle({ open: NEW })}>
          {t("planning.addType")}
        </Button>
      </div>
    </div>
  );
}
