import { Button } from "@mantine/core";
import { type FormEvent, useRef, useState } from "react";
import { useEvent } from "../../api";
import { addGuest } from "../../api/askGuests";
import { offerLastEdit } from "../../api/lastEdit";
import { useSpeech } from "../../locales";
import { Refused } from "../../shared/form";
import { Problem } from "../../shared/problem";
import { Pane } from "../../shared/Screen";
import { GuestFields } from "./GuestFields";
import styles from "./guests.module.css";
import { BLANK, changeOf, differing, FIELDS } from "./guestValues";
import { useGuestForm } from "./useGuestForm";

/** A new guest, and then perhaps another. */
export function AddGuest({ close, added }: { close(): void; added(id: string): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const sending = useGuestForm();
  const [typed, setTyped] = useState(BLANK);
  const [last, setLast] = useState<string | null>(null);
  // A second try of the same form adds nobody twice.
  const [key, setKey] = useState(() => crypto.randomUUID());
  const form = useRef<HTMLFormElement>(null);
  const focusName = () => form.current?.querySelector("input")?.focus();

  const save = (another: boolean) =>
    sending.send(async () => {
      try {
        const made = await addGuest(event.id, changeOf(typed, differing(BLANK, typed)), key);
        setKey(crypto.randomUUID());
        void offerLastEdit(event.id, "add guest", t("guestForm.added", { name: made.name }), () => undefined);
        if (another) {
          // A party is often typed one after the other: what they share stays.
          setTyped((now) => ({ ...BLANK, company: now.company, group: now.group, ticket_type: now.ticket_type }));
          setLast(made.name);
          focusName();
        } else {
          added(made.id);
        }
      } catch (error) {
        // Where nobody answered, the guest may have been added: the same key finds out.
        if (error instanceof Problem && error.status > 0) setKey(crypto.randomUUID());
        throw error;
      }
    });

  const submit = (press: FormEvent) => {
    press.preventDefault();
    void save(false);
  };
  return (
    <Pane title={t("guestForm.add")} close={close}>
      <form
        ref={form}
        className={styles.form}
        aria-label={t("guestForm.add")}
        noValidate
        onSubmit={submit}
        onKeyDown={(press) => {
          if (press.key === "Enter" && (press.ctrlKey || press.metaKey)) {
            press.preventDefault();
            void save(true);
          } else if (press.key === "Escape" && differing(BLANK, typed).length > 0) {
            press.preventDefault();
          }
        }}
      >
        <p role="status" className="quiet small">
          {last === null ? t("guestForm.addText") : t("guestForm.addedNext", { name: last })}
        </p>
        <Refused error={sending.error} fields={FIELDS} />
        <GuestFields typed={typed} setTyped={setTyped} errorOf={sending.of} />
        <div className={styles.foot}>
          <Button type="submit" loading={sending.busy}>
            {t("guestForm.save")}
          </Button>
          <Button variant="default" onClick={() => void save(true)} disabled={sending.busy}>
            {t("guestForm.saveAnother")}
          </Button>
        </div>
      </form>
    </Pane>
  );
}
