import { NativeSelect, NumberInput, PasswordInput, Textarea, TextInput } from "@mantine/core";
import type { MailServer } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import { isOwnMachine, secured } from "./mailFields";
import styles from "./mail.module.css";

const LAST_PORT = 65_535;
const SIGN_INS = ["none", "password", "oauth2"] as const;
const SECURITIES = ["starttls", "tls", "none"] as const;

/** A secret: typed anew or kept, never shown. */
export function SecretField({
  label,
  kept,
  value,
  error,
  change,
}: {
  label: string;
  /** Whether there is one already. */
  kept: boolean;
  value: string;
  error: string | null;
  change(value: string): void;
}) {
  const { t } = useSpeech();
  return (
    <PasswordInput
      label={label}
      description={kept ? t("mail.secretKept") : undefined}
      autoComplete="new-password"
      maxLength={8_000}
      placeholder={kept ? "••••••••" : undefined}
      value={value}
      error={error}
      onChange={({ target }) => change(target.value)}
    />
  );
}

/** A server: where it is, how private the line is, and how to sign in. */
export function ServerFields({
  server,
  protocol,
  secret,
  kept,
  of,
  change,
  changeSecret,
}: {
  server: MailServer;
  protocol: "smtp" | "imap";
  secret: string;
  kept: boolean;
  /** What one of its fields was refused for. */
  of(field: string): string | null;
  change(server: MailServer): void;
  changeSecret(value: string): void;
}) {
  const { t } = useSpeech();
  const securities = SECURITIES.filter(
    (value) => value !== "none" || server.security === "none" || isOwnMachine(server.host),
  );
  return (
    <>
      <TextInput
        label={t("mail.host")}
        description={t(protocol === "smtp" ? "mail.hostText" : "mail.imapHostText")}
        dir="ltr"
        spellCheck={false}
        maxLength={255}
        value={server.host}
        error={of("host")}
        onChange={({ target }) => change({ ...server, host: target.value })}
      />
      <div className={styles.pair}>
        <NativeSelect
          label={t("mail.connection")}
          data={securities.map((value) => ({ value, label: t(`mail.securities.${value}`) }))}
          value={server.security}
          error={of("security")}
          onChange={({ target }) =>
            change(secured(server, SECURITIES.find((known) => known === target.value) ?? "tls", protocol))
          }
        />
        <NumberInput
          label={t("mail.port")}
          min={1}
          max={LAST_PORT}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          thousandSeparator={false}
          value={server.port}
          error={of("port")}
          onChange={(port) => change({ ...server, port: Number(port) || 0 })}
        />
      </div>
      <div className={styles.pair}>
        <NativeSelect
          label={t("mail.signIn")}
          data={SIGN_INS.map((value) => ({ value, label: t(`mail.signIns.${value}`) }))}
          value={server.sign_in}
          error={of("sign_in")}
          onChange={({ target }) =>
            change({ ...server, sign_in: SIGN_INS.find((known) => known === target.value) ?? "none" })
          }
        />
        {server.sign_in !== "none" && (
          <TextInput
            label={t("mail.user")}
            dir="ltr"
            autoComplete="off"
            spellCheck={false}
            maxLength={320}
            value={server.user}
            error={of("user")}
            onChange={({ target }) => change({ ...server, user: target.value })}
          />
        )}
      </div>
      {server.sign_in === "password" && (
        <SecretField label={t("mail.password")} kept={kept} value={secret} error={null} change={changeSecret} />
      )}
      {server.security !== "none" && (
        <details className={styles.more}>
          <summary>{t("mail.authority")}</summary>
          <Textarea
            aria-label={t("mail.authority")}
            description={t("mail.authorityText")}
            dir="ltr"
            rows={4}
            spellCheck={false}
            value={server.authority}
            error={of("authority")}
            onChange={({ target }) => change({ ...server, authority: target.value })}
          />
        </details>
      )}
    </>
  );
}
