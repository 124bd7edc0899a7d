import { Button, NativeSelect, PasswordInput, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { type Account, client, content, done, session } from "../../api";
import type { AccountStatus } from "../../api/rowTypes";
import { useAllowed } from "../../api/useAllowed";
import { formatDate, useSpeech } from "../../locales";
import { ConfirmDialog, Refused, useSending } from "../../shared/form";
import { Pane } from "../../shared/Screen";
import { useRoles } from "./roles";
import { useOwnAccount } from "./Sections";
import styles from "./settings.module.css";

const STATUSES = ["active", "disabled"] as const satisfies readonly AccountStatus[];

/** One account: who it is, what they may do, whether they may sign in. */
export function UserPane({ account, close }: { account: Account; close(): void }) {
  const { t, locale } = useSpeech();
  const queries = useQueryClient();
  const allowed = useAllowed()("manage_accounts");
  const roles = useRoles();
  const own = useOwnAccount()?.id === account.id;
  // An account above the reader's own can be looked at only.
  const above = !roles.includes(account.role);
  const held = above ? { disabled: true, title: t("users.above") } : allowed;
  const [name, setName] = useState(account.name);
  const [role, setRole] = useState(account.role);
  const [status, setStatus] = useState(account.status);
  const [password, setPassword] = useState("");
  const [deleting, setDeleting] = useState(false);
  const details = useSending();
  const secret = useSending();
  const params = { path: { id: account.id } };

  const changed = async (message: string) => {
    notifications.show({ message });
    await queries.invalidateQueries({ queryKey: ["users"] });
    if (own) await session.lookAgain();
  };
  const save = () =>
    details.send(async () => {
      const body = { name: name.trim(), role, status };
      await content(client.PUT("/api/users/{id}", { params, body }));
      await changed(t("users.changed", { name: body.name }));
    });
  const savePassword = () =>
    secret.send(async () => {
      await content(client.PUT("/api/users/{id}", { params, body: { password } }));
      setPassword("");
      if (own) await session.signIn(account.email, password);
      await changed(t("users.passwordSet", { name: account.name }));
    });
  const remove = async () => {
    await done(client.DELETE("/api/users/{id}", { params }));
    close();
    await changed(t("users.deleted", { name: account.name }));
  };

  return (
    <Pane title={account.name} under={account.email} close={close}>
      <p className="quiet">{t("users.since", { when: formatDate(locale, account.created_at) })}</p>
      {above && <p className="quiet">{t("users.above")}</p>}
      <form
        className={styles.paneForm}
        onSubmit={(event) => {
          event.preventDefault();
          void save();
        }}
      >
        <Refused error={details.error} fields={["name", "role", "status"]} />
        <TextInput
          label={t("guests.name")}
          maxLength={200}
          disabled={held.disabled}
          value={name}
          error={details.of("name")}
          onChange={(event) => setName(event.target.value)}
        />
        <NativeSelect
          label={t("users.role")}
          description={t(`roleText.${role}`)}
          disabled={held.disabled}
          value={role}
          error={details.of("role")}
          data={(above ? [account.role] : roles).map((value) => ({ value, label: t(`role.${value}`) }))}
          onChange={(event) => setRole(roles.find((known) => known === event.target.value) ?? role)}
        />
        <NativeSelect
          label={t("users.status")}
          disabled={held.disabled}
          value={status}
          error={details.of("status")}
          data={STATUSES.map((value) => ({ value, label: t(`accountStatus.${value}`) }))}
          onChange={(event) =>
            setStatus(STATUSES.find((known) => known === event.target.value) ?? status)
          }
        />
        <Button
          type="submit"
          {...held}
          loading={details.busy}
          {...(name.trim() === account.name && role === account.role && status === account.status
            ? { disabled: true }
            : {})}
        >
          {t("save")}
        </Button>
      </form>
      <form
        className={styles.paneForm}
        onSubmit={(event) => {
          event.preventDefault();
          void savePassword();
        }}
      >
        <Refused error={secret.error} fields={["password"]} />
        <PasswordInput
          label={t("users.newPassword")}
          description={t("users.newPasswordText")}
          autoComplete="new-password"
          disabled={held.disabled}
          value={password}
          error={secret.of("password")}
          onChange={(event) => setPassword(event.target.value)}
        />
        <Button
          type="submit"
          variant="default"
          {...held}
          loading={secret.busy}
          {...(password === "" ? { disabled: true } : {})}
        >
          {t("users.setPassword")}
        </Button>
      </form>
      <section className={styles.danger}>
        <Button
          size="compact-sm"
          variant="light"
          color="red"
          {...(own ? { disabled: true, title: t("users.notOneself") } : held)}
          onClick={() => setDeleting(true)}
        >
          {t("users.delete")}
        </Button>
        {own && <p className="quiet small">{t("users.notOneself")}</p>}
      </section>
      {deleting && (
        <ConfirmDialog
          title={t("users.delete")}
          text={t("users.deleteText", { name: account.name })}
          submit={t("users.delete")}
          act={remove}
          close={() => setDeleting(false)}
        />
      )}
    </Pane>
  );
}
