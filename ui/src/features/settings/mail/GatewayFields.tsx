import { NativeSelect, Textarea, TextInput } from "@mantine/core";
import type { TextGateway } from "../../../api/deliveryTypes";
import { useSpeech } from "../../../locales";
import { linesOf } from "./mailFields";
import styles from "./mail.module.css";
import { SecretField } from "./ServerFields";

const METHODS = ["POST", "PUT", "GET"] as const;
const BODIES = ["json", "form"] as const satisfies readonly TextGateway["body_kind"][];
/** How a body of each kind is written. */
const SAMPLES = {
  json: '{ "to": {{ to }}, "text": {{ text }} }',
  form: "To={{ to }}&Body={{ text }}&From={{ from }}",
};

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
  const pointer = (name: "success_pointer" | "id_pointer" | "reason_pointer", sample: string) => (
    <TextInput
      label={t(`mail.${name}`)}
      dir="ltr"
      spellCheck={false}
      placeholder={sample}
      value={gateway[name]}
      onChange={({ target }) => put({ [name]: target.value })}
    />
  );
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
        onChange={({ target }) => put({ url: target.value })}
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
              value={gateway.from}
              onChange={({ target }) => put({ from: target.value })}
            />
          </div>
          {method !== "GET" && (
            <>
              <NativeSelect
                label={t("mail.bodyKind")}
                data={BODIES.map((value) => ({ value, label: value === "json" ? "JSON" : t("mail.bodyForm") }))}
                value={gateway.body_kind}
                onChange={({ target }) =>
                  put({ body_kind: BODIES.find((known) => known === target.value) ?? "json" })
                }
              />
              <Textarea
                label={t("mail.body")}
                description={t(`mail.bodyText.${gateway.body_kind}`)}
                classNames={{ input: styles.source ?? "" }}
                dir="ltr"
                autosize
                minRows={4}
                maxRows={14}
                spellCheck={false}
                placeholder={SAMPLES[gateway.body_kind]}
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
          <SecretField label={t("mail.secret")} kept={kept} value={secret} error={null} change={changeSecret} />
          <fieldset className={styles.inner}>
            <legend>{t("mail.answer")}</legend>
            <p className="quiet small">{t("mail.answerText")}</p>
            <div className={styles.pair}>
              {pointer("success_pointer", "/status")}
              <TextInput
                label={t("mail.success_value")}
                dir="ltr"
                placeholder="ok"
                disabled={gateway.success_pointer === ""}
                value={gateway.success_value}
                onChange={({ target }) => put({ success_value: target.value })}
              />
            </div>
            <div className={styles.pair}>
              {pointer("id_pointer", "/messages/0/id")}
              {pointer("reason_pointer", "/error/message")}
            </div>
          </fieldset>
        </>
      )}
    </>
  );
}
