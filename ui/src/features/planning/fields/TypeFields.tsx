import { Checkbox, MultiSelect, NumberInput, Select, TextInput } from "@mantine/core";
import { decimalsOf, useSpeech } from "../../../locales";
import type { Kind, Mode, TypePlan } from "../plan";
import styles from "../planning.module.css";

/** What a ticket type belongs to, as far as its fields care. */
export interface Surroundings {
  currency: string;
  kind: Kind;
  mode: Mode;
  zones: readonly string[];
  /** Words for each day of a multi-day event. */
  days: readonly string[];
}

/** A tier or pass: its name, price, capacity, and what it opens. */
export function TypeFields({
  type,
  surroundings,
  error,
  fixed = false,
  onChange,
}: {
  type: TypePlan;
  surroundings: Surroundings;
  error(field: string): string | null;
  /** Whether it exists already, so that what it opens and how one attends hold. */
  fixed?: boolean;
  onChange(type: TypePlan): void;
}) {
  const { t } = useSpeech();
  const { currency, kind, mode, zones, days } = surroundings;
  const decimals = decimalsOf(currency);
  const change = (part: Partial<TypePlan>) => onChange({ ...type, ...part });
  return (
    <div className={styles.typeFields}>
      <TextInput
        className={styles.wide}
        label={t("planning.typeName")}
        value={type.name}
        error={error("name")}
        onChange={({ target }) => change({ name: target.value })}
      />
      <NumberInput
        label={t("planning.price", { currency })}
        description={Number(type.price) === 0 ? t("overview.free") : undefined}
        inputWrapperOrder={["label", "input", "description", "error"]}
        min={0}
        decimalScale={decimals}
        fixedDecimalScale={Number(type.price) !== 0}
        allowNegative={false}
        hideControls
        value={type.price}
        error={error("price_minor")}
        onChange={(price) => change({ price })}
      />
      <NumberInput
        label={t("planning.capacity")}
        placeholder={t("overview.unlimited")}
        min={1}
        allowDecimal={false}
        allowNegative={false}
        hideControls
        value={type.capacity}
        error={error("capacity")}
        onChange={(capacity) => change({ capacity })}
      />
      {mode === "hybrid" && !fixed && (
        <Select
          label={t("planning.attendance")}
          allowDeselect={false}
          data={[
            { value: "in_person", label: t("placeMode.in_person") },
            { value: "online", label: t("placeMode.online") },
          ]}
          value={type.attendance}
          error={error("attendance")}
          onChange={(way) => change({ attendance: way === "online" ? "online" : "in_person" })}
        />
      )}
      {kind === "multi_day" && !fixed && (
        <MultiSelect
          className={styles.wide}
          label={t("planning.opensDays")}
          placeholder={type.days.length === 0 ? t("planning.allDays") : ""}
          data={days.map((label, index) => ({ value: String(index + 1), label }))}
          value={type.days}
          error={error("days")}
          onChange={(opened) => change({ days: opened })}
        />
      )}
      {zones.length > 0 && (
        <MultiSelect
          className={styles.wide}
          label={t("planning.opensZones")}
          placeholder={type.zones.length === 0 ? t("planning.noZones") : ""}
          data={[...zones]}
          value={type.zones}
          error={error("zones")}
          onChange={(opened) => change({ zones: opened })}
        />
      )}
      <TextInput
        className={styles.wide}
        label={t("planning.typeText")}
        value={type.description}
        error={error("description")}
        onChange={({ target }) => change({ description: target.value })}
      />
      {kind === "recurring" && !fixed && (
        <Checkbox
          className={styles.wide}
          label={t("planning.seriesPass")}
          checked={type.series_pass}
          error={error("series_pass")}
          onChange={({ target }) => change({ series_pass: target.checked })}
        />
      )}
    </div>
  );
}
