import { TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Guest, useEvent } from "../../api";
import { askTickets } from "../../api/askTickets";
import { joined, useSpeech } from "../../locales";
import styles from "./Invitations.module.css";

/** Guests whom no invitation covers, to choose one or some of. */
export function GuestPicker({
  chosen,
  many,
  onChange,
}: {
  chosen: readonly Guest[];
  /** Whether more than one can be chosen. */
  many: boolean;
  onChange(chosen: Guest[]): void;
}) {
  const event = useEvent();
  const { t } = useSpeech();
  const [text, setText] = useState("");
  const [wanted] = useDebouncedValue(text.trim(), 150);
  const found = useQuery({
    ...askTickets.listed(event.id, wanted),
    placeholderData: keepPreviousData,
  });
  const rows = found.data?.items ?? [];
  const isChosen = (guest: Guest) => chosen.some(({ id }) => id === guest.id);
  const beside = chosen.filter((guest) => !rows.some(({ id }) => id === guest.id));
  const toggle = (guest: Guest) => {
    if (!many) onChange(isChosen(guest) ? [] : [guest]);
    else onChange(isChosen(guest) ? chosen.filter(({ id }) => id !== guest.id) : [...chosen, guest]);
  };
  return (
    <fieldset className={styles.picker}>
      <legend>{many ? t("picker.guests") : t("picker.guest")}</legend>
      <TextInput
        type="search"
        aria-label={t("guests.search")}
        placeholder={t("guests.search")}
        data-autofocus
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <ul tabIndex={0} aria-label={t("picker.found")}>
        {[...beside, ...rows].map((guest) => (
          <li key={guest.id}>
            <label>
              <input
                type={many ? "checkbox" : "radio"}
                name="guest"
                checked={isChosen(guest)}
                onChange={() => toggle(guest)}
              />
              <span className="clip">{guest.name}</span>
              <span className="clip quiet small">
                {joined([guest.company, guest.email], " · ")}
              </span>
            </label>
          </li>
        ))}
      </ul>
      {found.isSuccess && rows.length === 0 && beside.length === 0 && (
        <p className="quiet">{wanted === "" ? t("picker.nobody") : t("guests.noneFound", { text: wanted })}</p>
      )}
    </fieldset>
  );
}
