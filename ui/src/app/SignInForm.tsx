import { Alert, Button, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useForm } from "@mantine/form";
import { useState } from "react";
import { session } from "../api";
import { useSpeech } from "../locales";
import { Problem } from "../shared/problem";

/** The API's own rule: length alone keeps a password. */
const SHORTEST_PASSWORD = 10;

/** What the API says of an address and a password that do not belong together. */
const REFUSED = 401;

/** Who is it? With `first`, nobody has an account yet, and one is made. */
export function SignInForm({
  first,
  email,
  done,
}: {
  first: boolean;
  /** The address that is known already. */
  email?: string;
  done(): void;
}) {
  const { t } = useSpeech();
  const [trouble, setTrouble] = useState<string | null>(null);
  const form = useForm({
    initialValues: { name: "", email: email ?? "", password: "" },
    validate: {
      name: (name) => (first && name.trim() === "" ? t("signIn.needName") : null),
      email: (address) => (/^\S+@\S+$/.test(address.trim()) ? null : t("signIn.needEmail")),
      password: (password) => {
        if (password === "") return t("signIn.needPassword");
        if (!first || [...password].length >= SHORTEST_PASSWORD) return null;
        return t("signIn.shortPassword", { n: SHORTEST_PASSWORD });
      },
    },
  });

  const submit = form.onSubmit(async (values) => {
    setTrouble(null);
    const address = values.email.trim();
    try {
      if (first) await session.register(values.name.trim(), address, values.password);
      else await session.signIn(address, values.password);
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      form.setErrors(error.byField());
      if (error.status === 0) setTrouble(t("signIn.unreachable"));
      else if (error.status === REFUSED) setTrouble(t("signIn.refused"));
      else if (error.fields.length === 0) setTrouble(error.message);
      return;
    }
    done();
  });

  return (
    <form onSubmit={submit} noValidate>
      <Stack gap="md">
        {trouble !== null && (
          <Alert color="red" variant="light" role="alert">
            {trouble}
          </Alert>
        )}
        {first && (
          <TextInput
            label={t("signIn.name")}
            autoComplete="name"
            data-autofocus
            {...form.getInputProps("name")}
          />
        )}
        <TextInput
          type="email"
          label={t("signIn.email")}
          autoComplete="username"
          data-autofocus={!first && email === undefined ? true : undefined}
          {...form.getInputProps("email")}
        />
        <PasswordInput
          label={t("signIn.password")}
          autoComplete={first ? "new-password" : "current-password"}
          data-autofocus={!first && email !== undefined ? true : undefined}
          {...form.getInputProps("password")}
        />
        <Button type="submit" loading={form.submitting}>
          {first ? t("signIn.create") : t("signIn.submit")}
        </Button>
      </Stack>
    </form>
  );
}
