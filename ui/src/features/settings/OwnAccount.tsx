import { Button, PasswordInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, session } from "../../api";
import { useSpeech } from "../../locales";
import { Facts } from "../../shared/Facts";
import { Refused, useSending } from "../../shared/form";
import { FirstAccount } from "./FirstAccount";
import { useOwnAccount } from "./Sections";
import { SettingsPage } from "./SettingsPage";
import styles from "./settings.module.css";

type Account = NonNullable<ReturnType<typeof useOwnAccount>>;

function NameForm({ account }: { account: Account }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [name, setName] = useState(account.name);
  const sending = useSending();
  const save = async () => {
    const params = { path: { id: account.id } };
    const done = await sending.send(() =>
      content(client.PUT("/api/users/{id}", { params, body: { name: name.trim() } })),
    );
    if (!done) return;
    await session.lookAgain();
    void queries.invalidateQueries({ queryKey: ["users"] });
    notifications.show({ message: t("ownAccount.renamed") });
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Refused error={sending.error} fields={["name"]} />
      <TextInput
        label={t("signIn.name")}
        autoComplete="name"
        maxLength={200}
        value={name}
        error={sending.of("name")}
        onChange={(event) => setName(event.target.value)}
      />
      <Button
        type="submit"
        loading={sending.busy}
        disabled={name.trim() === "" || name.trim() === account.name}
      >
        {t("save")}
      </Button>
    </form>
  );
}

function PasswordForm({ account }: { account: Account }) {
  const { t } = useSpeech();
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const sending = useSending();
  const differs = again !== "" && again !== password;
  const save = async () => {
    const params = { path: { id: account.id } };
    const done = await sending.send(async () => {
      await content(client.PUT("/api/users/{id}", { params, body: { password } }));
      // A new password ends every session of the account, this one too.
      await session.signIn(account.email, password);
    });
    if (!done) return;
    setPassword("");
    setAgain("");
    notifications.show({ message: t("ownAccount.passwordChanged") });
  };
  return (
    <form
      className={styles.form}
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <p className="quiet">{t("ownAccount.passwordText")}</p>
      <Refused error={sending.error} fields={["password"]} />
      <input type="hidden" autoComplete="username" value={account.email} readOnly />
      <PasswordInput
        label={t("ownAccount.newPassword")}
        autoComplete="new-password"
        value={password}
        error={sending.of("password")}
        onChange={(event) => setPassword(event.target.value)}
      />
      <PasswordInput
        label={t("ownAccount.again")}
        autoComplete="new-password"
        value={again}
        error={differs ? t("ownAccount.differs") : null}
        onChange={(event) => setAgain(event.target.value)}
      />
      <Button
        type="submit"
        variant="default"
        loading={sending.busy}
        disabled={password === "" || again !== password}
      >
        {t("ownAccount.change")}
      </Button>
    </form>
  );
}

/** The reader's own account: name and password. */
export function OwnAccount() {
  const { t } = useSpeech();
  const account = useOwnAccount();
  if (account === null) {
    return (
      <SettingsPage title={t("ownAccount.noneTitle")}>
        <p className="quiet">{t("ownAccount.noneText")}</p>
        <FirstAccount done={() => undefined} />
      </SettingsPage>
    );
  }
  return (
    <SettingsPage title={t("settings.account")}>
      <Facts
        wide
        facts={[
          [t("signIn.email"), account.email],
          [t("users.role"), t(`role.${account.role}`)],
        ]}
      />
      <NameForm key={account.name} account={account} />
      <PasswordForm account={account} />
    </SettingsPage>
  );
}
