import { NumberInput, Switch, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import type { ReactNode } from "react";
import { useMay } from "../../../api";
import { readMail } from "../../../api/askMail";
import { askBranding } from "../../../api/branding";
import type { MailServer, SecretName, TextGateway } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import { type Editing, EditForm } from "../../../shared/editing";
import { Note } from "../../../shared/Note";
import { SettingsPage } from "../SettingsPage";
import { Check } from "./Check";
import { GatewayFields } from "./GatewayFields";
import styles from "./mail.module.css";
import { isKept, type MailFields, typedSecrets } from "./mailFields";
import { SecretField, ServerFields } from "./ServerFields";
import { MAIL_KEPT, useMailSource } from "./useMailSource";

const SERVER = ["host", "port", "security", "sign_in", "user", "authority"];
const NAMES = [
  ...SERVER.flatMap((field) => [`server.${field}`, `inbox.${field}`]),
  "reply_to",
  "bounce_address",
  "per_minute",
  "per_day",
  "signing.selector",
  "oauth.token_url",
  "sms.url",
  "whatsapp.url",
];

function Part({ id, title, text, children }: { id: string; title: string; text: string; children: ReactNode }) {
  return (
    <section className={styles.part} aria-labelledby={id}>
      <div>
        <h3 id={id}>{title}</h3>
        <p className="quiet small">{text}</p>
      </div>
      {children}
    </section>
  );
}

/** From whom guests get their mail: the branding says so. */
function Sender() {
  const { t } = useSpeech();
  const branding = useQuery(askBranding.branding());
  if (branding.data === undefined) return null;
  const { sender_name, sender_email } = branding.data;
  const link = (
    <Link className="link" to="/settings/branding">
      {t("mail.changeSender")}
    </Link>
  );
  if (sender_email === null) {
    return (
      <Note title={t("mail.senderMissing")}>
        <p>{t("mail.senderMissingText")}</p>
        {link}
      </Note>
    );
  }
  return (
    <p>
      {t("mail.sender")} <strong>{sender_name === "" ? null : <bdi>{sender_name} </bdi>}</strong>
      <bdi dir="ltr">{sender_email}</bdi> {link}
    </p>
  );
}

function Fields({ edit: { typed, changed, of, change, save } }: { edit: Editing<MailFields> }) {
  const { t } = useSpeech();
  const view = useQuery({ queryKey: MAIL_KEPT, queryFn: async () => (await readMail()).body, staleTime: Infinity });
  const kept = (name: SecretName) => view.data !== undefined && isKept(view.data, name);
  const secret = (name: SecretName) => typed.secrets[name] ?? "";
  const typeSecret = (name: SecretName) => (value: string) =>
    change({ secrets: typedSecrets(typed.secrets, name, value) });
  const { server, inbox, oauth, signing, pace } = typed;
  const usesOauth = server.sign_in === "oauth2" || (inbox.on && inbox.server.sign_in === "oauth2");
  const limit = (name: "per_minute" | "per_day") => (
    <NumberInput
      label={t(`mail.${name}`)}
      placeholder={t("overview.unlimited")}
      min={1}
      max={1_000_000}
      allowDecimal={false}
      allowNegative={false}
      hideControls
      value={pace[name] ?? ""}
      error={of(name)}
      onChange={(value) => change({ pace: { ...pace, [name]: value === "" ? null : Number(value) } })}
    />
  );
  return (
    <div className={styles.parts}>
      <Part id="mail-server" title={t("mail.server")} text={t("mail.serverText")}>
        <Sender />
        <ServerFields
          server={server}
          protocol="smtp"
          secret={secret("password")}
          kept={kept("password")}
          of={(field) => of(`server.${field}`)}
          change={(next: MailServer) => change({ server: next })}
          changeSecret={typeSecret("password")}
        />
        {usesOauth && (
          <fieldset className={styles.inner}>
            <legend>{t("mail.oauth")}</legend>
            <TextInput
              type="url"
              label={t("mail.tokenUrl")}
              dir="ltr"
              value={oauth.token_url}
              error={of("oauth.token_url")}
              onChange={({ target }) => change({ oauth: { ...oauth, token_url: target.value } })}
            />
            <div className={styles.pair}>
              <TextInput
                label={t("mail.clientId")}
                dir="ltr"
                value={oauth.client_id}
                onChange={({ target }) => change({ oauth: { ...oauth, client_id: target.value } })}
              />
              <TextInput
                label={t("mail.scope")}
                dir="ltr"
                value={oauth.scope}
                onChange={({ target }) => change({ oauth: { ...oauth, scope: target.value } })}
              />
            </div>
            <div className={styles.pair}>
              {(["client_secret", "refresh_token"] as const).map((name) => (
                <SecretField
                  key={name}
                  label={t(`mail.secrets.${name}`)}
                  kept={kept(name)}
                  value={secret(name)}
                  error={null}
                  change={typeSecret(name)}
                />
              ))}
            </div>
          </fieldset>
        )}
        <Check unsaved={changed.length > 0} inbox={inbox.on} save={save} />
      </Part>
      <Part id="mail-answers" title={t("mail.answers")} text={t("mail.answersText")}>
        <div className={styles.pair}>
          <TextInput
            type="email"
            label={t("mail.replyTo")}
            description={t("mail.replyToText")}
            value={typed.reply_to}
            error={of("reply_to")}
            onChange={({ target }) => change({ reply_to: target.value })}
          />
          <TextInput
            type="email"
            label={t("mail.bounceAddress")}
            description={t("mail.bounceAddressText")}
            value={typed.bounce_address}
            error={of("bounce_address")}
            onChange={({ target }) => change({ bounce_address: target.value })}
          />
        </div>
        <Switch
          label={t("mail.inboxOn")}
          description={t("mail.inboxOnText")}
          checked={inbox.on}
          onChange={({ target }) => change({ inbox: { ...inbox, on: target.checked } })}
        />
        {inbox.on && (
          <>
            <ServerFields
              server={inbox.server}
              protocol="imap"
              secret={secret("inbox_password")}
              kept={kept("inbox_password")}
              of={(field) => of(`inbox.${field}`)}
              change={(next: MailServer) => change({ inbox: { ...inbox, server: next } })}
              changeSecret={typeSecret("inbox_password")}
            />
            <TextInput
              label={t("mail.folder")}
              value={inbox.folder}
              onChange={({ target }) => change({ inbox: { ...inbox, folder: target.value } })}
            />
          </>
        )}
      </Part>
      <Part id="mail-pace" title={t("mail.pace")} text={t("mail.paceText")}>
        <div className={styles.three}>
          {limit("per_minute")}
          {limit("per_day")}
          <NumberInput
            label={t("mail.connections")}
            min={1}
            max={8}
            allowDecimal={false}
            allowNegative={false}
            clampBehavior="blur"
            value={typed.connections || 1}
            onChange={(value) => change({ connections: Number(value) || 1 })}
          />
        </div>
      </Part>
      <Part id="mail-signing" title={t("mail.signing")} text={t("mail.signingText")}>
        <div className={styles.pair}>
          <TextInput
            label={t("mail.signingDomain")}
            dir="ltr"
            value={signing.domain}
            onChange={({ target }) => change({ signing: { ...signing, domain: target.value } })}
          />
          <TextInput
            label={t("mail.selector")}
            dir="ltr"
            value={signing.selector}
            error={of("signing.selector")}
            onChange={({ target }) => change({ signing: { ...signing, selector: target.value } })}
          />
        </div>
        {signing.domain !== "" && (
          <Textarea
            label={t("mail.secrets.signing_key")}
            description={t(kept("signing_key") ? "mail.secretKept" : "mail.signingKeyText")}
            classNames={{ input: styles.source ?? "" }}
            dir="ltr"
            rows={4}
            autoComplete="off"
            spellCheck={false}
            placeholder="-----BEGIN PRIVATE KEY-----"
            value={secret("signing_key")}
            onChange={({ target }) => typeSecret("signing_key")(target.value)}
          />
        )}
      </Part>
      {(["sms", "whatsapp"] as const).map((way) => (
        <Part key={way} id={`mail-${way}`} title={t(`mail.${way}`)} text={t(`mail.${way}Text`)}>
          <GatewayFields
            gateway={typed[way]}
            secret={secret(`${way}_secret`)}
            kept={kept(`${way}_secret`)}
            of={(field) => of(`${way}.${field}`)}
            change={(next: TextGateway) => change({ [way]: next })}
            changeSecret={typeSecret(`${way}_secret`)}
          />
        </Part>
      ))}
    </div>
  );
}

/** How the office sends: its mail server, what comes back, limits, and text messages. */
export function MailPage() {
  const { t, count } = useSpeech();
  const may = useMay();
  const source = useMailSource();
  const host = (server: MailServer) => (server.host === "" ? "" : `${server.host}:${server.port}`);
  const text = (value: string) => value;
  return (
    <SettingsPage title={t("settings.mail")} wide>
      <p className="quiet">{t("mail.text")}</p>
      <EditForm
        name={["mail"]}
        label={t("settings.mail")}
        source={source}
        held={may("manage_workspace") ? null : t("allowed.not")}
        fields={NAMES}
        show={{
          server: { label: t("mail.server"), say: host },
          reply_to: { label: t("mail.replyTo"), say: text },
          bounce_address: { label: t("mail.bounceAddress"), say: text },
          inbox: { label: t("mail.inboxOn"), say: (inbox) => (inbox.on ? host(inbox.server) : t("gates.door.no")) },
          pace: {
            label: t("mail.pace"),
            say: ({ per_minute, per_day }) =>
              [per_minute, per_day].map((n) => (n === null ? t("overview.unlimited") : count(n))).join(" / "),
          },
          connections: { label: t("mail.connections"), say: (n) => count(n) },
          signing: { label: t("mail.signing"), say: ({ domain }) => domain },
          oauth: { label: t("mail.oauth"), say: ({ token_url }) => token_url },
          sms: { label: t("mail.sms"), say: ({ url }) => url },
          whatsapp: { label: t("mail.whatsapp"), say: ({ url }) => url },
          secrets: { label: t("mail.password"), say: () => "••••••••" },
        }}
      >
        {(edit) => <Fields edit={edit} />}
      </EditForm>
    </SettingsPage>
  );
}
