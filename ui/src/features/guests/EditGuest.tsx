import { Button } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useEffect, useRef, useState } from "react";
import { type GuestDetail, useEvent, type Versioned } from "../../api";
import { askGuest, changeGuest, readGuest } from "../../api/askGuests";
import { offerLastEdit } from "../../api/lastEdit";
import { useSpeech } from "../../locales";
import { Refused } from "../../shared/form";
import { isProblem } from "../../shared/problem";
import { Conflict } from "./Conflict";
import { GuestFields } from "./GuestFields";
import styles from "./guests.module.css";
import { changeOf, differing, FIELDS, type Typed, typedOf } from "./guestValues";
import { useGuestForm } from "./useGuestForm";

/** A guest's values being changed, where they stand. */
export function EditGuest({ read, close }: { read: Versioned<GuestDetail>; close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const sending = useGuestForm();
  // What was read when the form was opened; what is read later is somebody else's.
  const [base] = useState(read);
  const [typed, setTyped] = useState(() => typedOf(base.body.values));
  const [theirs, setTheirs] = useState<Versioned<GuestDetail> | null>(null);
  const form = useRef<HTMLFormElement>(null);
  useEffect(() => form.current?.querySelector<HTMLInputElement>("input")?.focus(), []);

  const before = typedOf(base.body.values);
  const { id } = base.body;

  const save = (wanted: Typed, from: Typed, version: string | null) =>
    sending.send(async () => {
      const change = changeOf(wanted, differing(from, wanted));
      if (Object.keys(change).length === 0) return close();
      try {
        const saved = await changeGuest(id, change, version);
        queries.setQueryData(askGuest(event.id, id).queryKey, saved);
        close();
        void offerLastEdit(event.id, "change guest", t("guestForm.saved", { name: saved.body.name }), () => undefined);
      } catch (error) {
        if (!isProblem(error, "edited_meanwhile")) throw error;
        const now = await readGuest(id);
        if (differing(typedOf(now.body.values), wanted).length === 0) {
          // As wanted already, such as by an earlier try whose answer was lost.
          queries.setQueryData(askGuest(event.id, id).queryKey, now);
          return close();
        }
        setTyped(wanted);
        setTheirs(now);
      }
    });

  if (theirs !== null) {
    const now = typedOf(theirs.body.values);
    return (
      <Conflict
        key={theirs.version}
        before={before}
        theirs={now}
        yours={typed}
        sending={sending}
        save={(merged) => void save(merged, now, theirs.version)}
        takeTheirs={() => {
          queries.setQueryData(askGuest(event.id, id).queryKey, theirs);
          close();
        }}
      />
    );
  }

  const submit = (press: FormEvent) => {
    press.preventDefault();
    void save(typed, before, base.version);
  };
  return (
    <form
      ref={form}
      className={styles.form}
      aria-label={t("guestForm.edit")}
      noValidate
      onSubmit={submit}
      onKeyDown={(press) => {
        if (press.key !== "Escape" || press.defaultPrevented) return;
        // Esc leaves the form only where nothing typed would be lost.
        press.preventDefault();
        if (differing(before, typed).length === 0) close();
      }}
    >
      <Refused error={sending.error} fields={FIELDS} />
      <GuestFields typed={typed} setTyped={setTyped} errorOf={sending.of} />
      <div className={styles.foot}>
        <Button type="submit" loading={sending.busy}>
          {t("guestForm.save")}
        </Button>
        <Button variant="default" onClick={close}>
          {t("cancel")}
        </Button>
      </div>
    </form>
  );
}
