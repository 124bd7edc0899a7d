import { Button, TagsInput } from "@mantine/core";
import { useSpeech } from "../../../locales";
import { sayDay } from "../../../shared/dates";
import { Icon } from "../../../shared/Icon";
import { letterOf } from "../../../shared/TypeMark";
import { TypeFields } from "../fields/TypeFields";
import { newType, type TypePlan } from "../plan";
import styles from "../planning.module.css";
import { usePlan } from "./planContext";

/** The ticket types, in order, each with the colour and letter that it gets. */
export function Types() {
  const { t, locale } = useSpeech();
  const { plan, change, error } = usePlan();
  const surroundings = {
    currency: plan.currency,
    kind: plan.kind,
    mode: plan.place.mode,
    zones: plan.zones,
    days: plan.days.map(
      ({ title, day }, index) =>
        title.trim() ||
        (day === null ? t("planning.dayN", { n: index + 1 }) : sayDay(locale, day)),
    ),
  };
  const replace = (at: number, type: TypePlan) =>
    change({ types: plan.types.map((old, index) => (index === at ? type : old)) });
  const setZones = (zones: string[]) => {
    const types = plan.types.map((type) => ({
      ...type,
      zones: type.zones.filter((zone) => zones.includes(zone)),
    }));
    change({ zones, types });
  };
  return (
    <div className={styles.stack}>
      <ol className={styles.typeRows}>
        {plan.types.map((type, index) => (
          <li key={type.key}>
            <span className={`type-swatch type-${index % 8}`} aria-hidden="true">
              {letterOf(index)}
            </span>
            <TypeFields
              type={type}
              surroundings={surroundings}
              error={(field) => error(`ticket_types[${index}].${field}`)}
              onChange={(next) => replace(index, next)}
            />
            <button
              type="button"
              className="icon-button"
              aria-label={t("planning.removeType", { name: type.name })}
              title={t("planning.removeType", { name: type.name })}
              onClick={() => change({ types: plan.types.filter(({ key }) => key !== type.key) })}
            >
              <Icon name="close" />
            </button>
          </li>
        ))}
      </ol>
      {plan.types.length === 0 && <p className="quiet">{t("planning.typesMissing")}</p>}
      <div>
        <Button
          variant="default"
          size="sm"
          onClick={() => change({ types: [...plan.types, newType()] })}
        >
          {t("planning.addType")}
        </Button>
      </div>
      <TagsInput
        label={t("planning.zones")}
        description={t("planning.zonesText")}
        value={plan.zones}
        error={error("zones")}
        onChange={setZones}
      />
    </div>
  );
}
