import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { TextGateway } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import { linesOf } from "./mailFields";
import styles from "./mail.module.css";
import { SecretField } from "./ServerFields";

const METHODS = ["POST", "PUT", "GET"] as const;
const TYPES = ["application/json", "application/x-www-form-urlencoded", "text/plain"] as const;

/** A gateway that takes text messages over HTTP, described by template. */
export function GatewayFields({
  gateway,
  secret,
  kept,
  of,
  change,
  changeSecret,
}: {
  gateway: TextGateway;
  secret: string;
  kept: boolean;
  of(field: string): string | null;
  change(gateway: TextGateway): void;
  changeSecret(value: string): void;
}) {
  const { t } = useSpeech();
  const put = (patch: Partial<TextGateway>) => change({ ...gateway, ...patch });
  const method = METHODS.find((known) => known === gateway.method) ?? "POST";
  return (
    <>
      <TextInput
        type="url"
        label={t("mail.gatewayUrl")}
        description={t("mail.gatewayUrlText")}
        dir="ltr"
        spellCheck={false}
        maxLength={2_000}
        value={gateway.url}
        error={of("url")}
        onChange={({ target }) =>
          put({
            url: target.value,
            ...(gateway.method === "" && { method: "POST" }),
            ...(gateway.content_type === "" && { content_type: TYPES[0] }),
          })
        }
      />
      {gateway.url !== "" && (
        <>
          <div className={styles.pair}>
            <NativeSelect
              label={t("mail.method")}
              data={METHODS}
              value={method}
              onChange={({ target }) => put({ method: target.value })}
            />
            <TextInput
              label={t("mail.textSender")}
              maxLength={40}
              value={gateway.sender}
              onChange={({ target }) => put({ sender: target.value })}
            />
          </div>
          {method !== "GET" && (
            <>
              <NativeSelect
                label={t("mail.contentType")}
                data={TYPES.some((known) => known === gateway.content_type) ? TYPES : [...TYPES, gateway.content_type]}
                value={gateway.content_type}
                onChange={({ target }) => put({ content_type: target.value })}
              />
              <Textarea
                label={t("mail.body")}
                description={t("mail.bodyText")}
                classNames={{ input: styles.source ?? "" }}
                dir="ltr"
                autosize
                minRows={4}
                maxRows={14}
                spellCheck={false}
                placeholder={'{ "to": "{{ to }}", "text": "{{ text }}" }'}
                value={gateway.body}
                error={of("body")}
                onChange={({ target }) => put({ body: target.value })}
              />
            </>
          )}
          <Textarea
            label={t("mail.headers")}
            description={t("mail.headersText")}
            classNames={{ input: styles.source ?? "" }}
            dir="ltr"
            autosize
            minRows={2}
            maxRows={8}
            spellCheck={false}
            placeholder="Authorization: Bearer {{ secret }}"
            defaultValue={gateway.headers.join("\n")}
            onChange={({ target }) => put({ headers: linesOf(target.value) })}
          />
          <div className={styles.pair}>
            <SecretField
              label={t("mail.secret")}
              kept={kept}
              value={secret}
              error={null}
              change={changeSecret}
            />
            <TextInput
              label={t("mail.idPointer")}
              description={t("mail.idPointerText")}
              dir="ltr"
              placeholder="/messages/0/id"
              value={gateway.id_pointer}
              onChange={({ target }) => put({ id_pointer: target.value })}
            />
          </div>
        </>
      )}
    </>
  );
}
