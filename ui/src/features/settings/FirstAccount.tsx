import { Button, PasswordInput, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { session } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import styles from "./settings.module.css";

/** The first account of an office: whoever sits at it, who may do everything. */
export function FirstAccount({ done }: { done(): void }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const sending = useSending();
  const make = () =>
    sending.send(async () => {
      await session.register(name.trim(), email.trim(), password);
      await queries.invalidateQueries();
      done();
    });
  return (
    <form
      className={styles.form}
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void make();
      }}
    >
      <Refused error={sending.error} fields={["name", "email", "password"]} />
      <TextInput
        label={t("signIn.name")}
        autoComplete="name"
        data-autofocus
        value={name}
        error={sending.of("name")}
        onChange={(event) => setName(event.target.value)}
      />
      <TextInput
        type="email"
        label={t("signIn.email")}
        autoComplete="username"
        value={email}
        error={sending.of("email")}
        onChange={(event) => setEmail(event.target.value)}
      />
      <PasswordInput
        label={t("signIn.password")}
        description={t("users.passwordText")}
        autoComplete="new-password"
        value={password}
        error={sending.of("password")}
        onChange={(event) => setPassword(event.target.value)}
      />
      <Button type="submit" loading={sending.busy}>
        {t("signIn.create")}
      </Button>
    </form>
  );
}
