import { Button, Group, Modal, NativeSelect, PasswordInput, Stack, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { client, content, type Role } from "../../api";
import { useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { Note } from "../../shared/Note";
import { useRoles } from "./roles";

/** A new account. With the second one the desk asks for passwords, which is said before. */
export function AddUser({ second, close }: { second: boolean; close(): void }) {
  const { t } = useSpeech();
  const queries = useQueryClient();
  const roles = useRoles();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [role, setRole] = useState<Role>("organizer");
  const sending = useSending();
  const make = () =>
    sending.send(async () => {
      const headers = { "Idempotency-Key": key };
      const body = { name: name.trim(), email: email.trim(), password, role };
      await content(client.POST("/api/users", { headers, body }));
      notifications.show({ message: t("users.added", { name: body.name }) });
      close();
      await queries.invalidateQueries({ queryKey: ["users"] });
    });
  return (
    <Modal opened onClose={close} title={t("users.add")}>
      <form
        noValidate
        autoComplete="off"
        onSubmit={(event) => {
          event.preventDefault();
          void make();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={["name", "email", "password", "role"]} />
          {second && (
            <Note>{t("users.secondText")}</Note>
          )}
          <TextInput
            label={t("guests.name")}
            data-autofocus
            maxLength={200}
            value={name}
            error={sending.of("name")}
            onChange={(event) => setName(event.target.value)}
          />
          <TextInput
            type="email"
            label={t("signIn.email")}
            value={email}
            error={sending.of("email")}
            onChange={(event) => setEmail(event.target.value)}
          />
          <NativeSelect
            label={t("users.role")}
            description={t(`roleText.${role}`)}
            value={role}
            error={sending.of("role")}
            data={roles.map((value) => ({ value, label: t(`role.${value}`) }))}
            onChange={(event) => setRole(roles.find((known) => known === event.target.value) ?? role)}
          />
          <PasswordInput
            label={t("users.firstPassword")}
            description={t("users.passwordText")}
            autoComplete="new-password"
            value={password}
            error={sending.of("password")}
            onChange={(event) => setPassword(event.target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy}>
              {t("users.add")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
