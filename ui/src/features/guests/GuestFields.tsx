import { NativeSelect, NumberInput, Textarea, TextInput } from "@mantine/core";
import type { Dispatch, SetStateAction } from "react";
import { useEvent } from "../../api";
import { useSpeech } from "../../locales";
import { Icon } from "../../shared/Icon";
import styles from "./guests.module.css";
import { TEXTS, type Typed } from "./guestValues";

const KINDS = { email: "email", phone: "tel" } as const satisfies Partial<Record<keyof Typed, string>>;

/** The fields of a guest. */
export function GuestFields({
  typed,
  setTyped,
  errorOf,
}: {
  typed: Typed;
  setTyped: Dispatch<SetStateAction<Typed>>;
  errorOf(field: string): string | null;
}) {
  const { t } = useSpeech();
  const { ticket_types } = useEvent();
  const put = (field: keyof Typed) => (value: string) => setTyped((now) => ({ ...now, [field]: value }));
  const types = ticket_types.filter(({ scope }) => scope !== "session").map(({ name }) => name);
  // A type that was taken away since stays until the person chooses another.
  if (typed.ticket_type !== "" && !types.includes(typed.ticket_type)) types.push(typed.ticket_type);
  return (
    <>
      {TEXTS.map((field) => (
        <TextInput
          key={field}
          label={t(`guestField.${field}`)}
          type={field in KINDS ? KINDS[field as keyof typeof KINDS] : "text"}
          description={field === "group" ? t("guestForm.groupText") : undefined}
          placeholder={field === "language" ? "en" : undefined}
          required={field === "name"}
          data-autofocus={field === "name" || undefined}
          autoComplete="off"
          value={typed[field]}
          error={errorOf(field)}
          onChange={(event) => put(field)(event.target.value)}
        />
      ))}
      <NativeSelect
        label={t("guestField.ticket_type")}
        value={typed.ticket_type}
        error={errorOf("ticket_type")}
        onChange={(event) => put("ticket_type")(event.target.value)}
        data={[{ value: "", label: t("guestForm.noType") }, ...types]}
      />
      <NumberInput
        label={t("guestField.party_size")}
        description={t("guestForm.partyText")}
        min={1}
        max={50}
        clampBehavior="none"
        allowDecimal={false}
        value={typed.party_size}
        error={errorOf("party_size")}
        onChange={(value) => put("party_size")(String(value))}
        hideControls
      />
      <Textarea
        label={t("guestField.notes")}
        rows={3}
        maxLength={2_000}
        value={typed.notes}
        error={errorOf("notes")}
        onChange={(event) => put("notes")(event.target.value)}
      />
      <CustomFields typed={typed} setTyped={setTyped} error={errorOf("custom")} />
    </>
  );
}

function CustomFields({
  typed,
  setTyped,
  error,
}: {
  typed: Typed;
  setTyped: Dispatch<SetStateAction<Typed>>;
  error: string | null;
}) {
  const { t } = useSpeech();
  const change = (turn: (custom: Typed["custom"]) => Typed["custom"]) =>
    setTyped((now) => ({ ...now, custom: turn(now.custom) }));
  const put = (at: number, part: "name" | "value", text: string) =>
    change((custom) => custom.map((row, index) => (index === at ? { ...row, [part]: text } : row)));
  return (
    <section className={styles.form} aria-label={t("guestField.custom")}>
      <p className={styles.customHead}>
        <span>{t("guestField.custom")}</span>
        <button
          type="button"
          className="text-button"
          onClick={() => change((custom) => [...custom, { name: "", value: "" }])}
        >
          {t("guestForm.addField")}
        </button>
      </p>
      {typed.custom.map(({ name, value }, at) => (
        <div key={at} className={styles.custom}>
          <TextInput
            aria-label={t("guestForm.fieldName", { n: at + 1 })}
            placeholder={t("guestForm.fieldNameHint")}
            value={name}
            onChange={(event) => put(at, "name", event.target.value)}
          />
          <TextInput
            aria-label={name === "" ? t("guestForm.fieldValue", { n: at + 1 }) : name}
            value={value}
            onChange={(event) => put(at, "value", event.target.value)}
          />
          <button
            type="button"
            className="icon-button"
            aria-label={t("guestForm.removeField", { name: name || String(at + 1) })}
            onClick={() => change((custom) => custom.filter((_, index) => index !== at))}
          >
            <Icon name="close" />
          </button>
        </div>
      ))}
      {error !== null && (
        <p className="status bad small" role="alert">
          {error}
        </p>
      )}
    </section>
  );
}
