import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { askAnswers, type GuestPages as Pages, setGuestPages } from "../../../api/answers";
import { useAllowed } from "../../../api/useAllowed";
import { useSpeech } from "../../../locales";
import { Refused, useSending } from "../../../shared/form";
import { Trouble } from "../../../shared/Trouble";
import { SettingsPage } from "../SettingsPage";
import styles from "./guestPages.module.css";

function AddressForm({ pages }: { pages: Pages }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("manage_workspace");
  const sending = useSending();
  const [typed, type] = useState(pages.address ?? "");
  const save = async (event: FormEvent) => {
    event.preventDefault();
    await sending.send(async () => {
      const saved = await setGuestPages(typed.trim() || null);
      queries.setQueryData(askAnswers.pages().queryKey, saved);
      type(saved.address ?? "");
      notifications.show({ message: t(saved.address === null ? "guestPages.none" : "guestPages.saved") });
    });
  };
  const offered = pages.offered.filter((address) => address !== typed);
  return (
    <form className={styles.form} onSubmit={(event) => void save(event)} noValidate>
      <Refused error={sending.error} fields={["address"]} />
      <TextInput
        label={t("guestPages.address")}
        description={t("guestPages.addressText")}
        placeholder="https://rsvp.example.org"
        dir="ltr"
        type="url"
        maxLength={200}
        disabled={allowed.disabled === true}
        value={typed}
        error={sending.of("address")}
        onChange={({ target }) => {
          sending.clear();
          type(target.value);
        }}
      />
      {offered.length > 0 && (
        <ul className={styles.offered} aria-label={t("guestPages.offered")}>
          {offered.map((address) => (
            <li key={address}>
              <button type="button" className="text-button" onClick={() => type(address)}>
                <bdi dir="ltr">{address}</bdi>
              </button>
            </li>
          ))}
        </ul>
      )}
      <p className="quiet">{t("guestPages.only")}</p>
      <div>
        <Button type="submit" {...allowed} loading={sending.busy}>
          {t("save")}
        </Button>
      </div>
    </form>
  );
}

/** Where guests reach their invitations, and how such an address comes to be. */
export function GuestPages() {
  const { t } = useSpeech();
  const pages = useQuery(askAnswers.pages());
  return (
    <SettingsPage title={t("guestPages.title")}>
      <p className="quiet">{t("guestPages.text")}</p>
      {pages.isError && pages.data === undefined && (
        <Trouble error={pages.error} retry={() => void pages.refetch()} />
      )}
      {pages.data !== undefined && <AddressForm pages={pages.data} />}
    </SettingsPage>
  );
}
