import {
  Button,
  Group,
  Modal,
  NativeSelect,
  NumberInput,
  Radio,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { ask, client, content, type TicketType } from "../../api";
import { formatDate, formatMoney, useSpeech } from "../../locales";
import { Refused, useSending } from "../../shared/form";
import { TypeMark } from "../../shared/TypeMark";
import styles from "./official.module.css";

const FIELDS = [
  "guest_name",
  "guest_phone",
  "guest_email",
  "event_id",
  "pass_type",
  "quantity",
  "custom_message",
];

/** The most codes of one official invitation. */
const MOST_CODES = 100;

function TypeChoice({ type, currency }: { type: TicketType; currency: string }) {
  const { t, locale } = useSpeech();
  const price = type.price_minor === 0 ? t("overview.free") : formatMoney(locale, type.price_minor, currency);
  return (
    <Radio
      value={type.name}
      label={
        <span className={styles.type}>
          <TypeMark name={type.name} colour={type.colour} />
          <span className="quiet">{price}</span>
        </span>
      }
      description={type.description}
    />
  );
}

/** The form of an official invitation: who, to what, how many codes. */
export function NewOfficial({ close, made }: { close(): void; made(id: string): void }) {
  const { t, locale } = useSpeech();
  const queries = useQueryClient();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [email, setEmail] = useState("");
  const [event, setEvent] = useState("");
  const [type, setType] = useState("");
  const [quantity, setQuantity] = useState(1);
  const [message, setMessage] = useState("");
  const [opened] = useState(() => Date.now());
  const events = useQuery(ask.events());
  const toCome = (events.data ?? []).filter(
    ({ status, ends_at }) => (status === "published" || status === "draft") && ends_at > opened,
  );
  const details = useQuery({ ...ask.event(event), enabled: event !== "" });
  const types = details.data?.ticket_types.filter(({ scope }) => scope === "event") ?? [];
  const sending = useSending();
  const send = () =>
    sending.send(async () => {
      const { order } = await content(
        client.POST("/api/admin/official-invitations", {
          headers: { "Idempotency-Key": key },
          body: {
            guest_name: name.trim(),
            guest_phone: phone.trim(),
            guest_email: email.trim(),
            event_id: event,
            pass_type: type,
            quantity,
            custom_message: message.trim(),
          },
        }),
      );
      await queries.invalidateQueries({ queryKey: ["official"] });
      made(order.id);
    });
  return (
    <Modal opened onClose={close} title={t("official.new")} size="lg">
      <form
        noValidate
        onSubmit={(submitted) => {
          submitted.preventDefault();
          void send();
        }}
      >
        <Stack gap="md">
          <Refused error={sending.error} fields={FIELDS} />
          <TextInput
            label={t("guests.name")}
            data-autofocus
            maxLength={200}
            value={name}
            error={sending.of("guest_name")}
            onChange={(change) => setName(change.target.value)}
          />
          <div className={styles.pair}>
            <TextInput
              type="tel"
              label={t("official.phone")}
              description={t("official.phoneText")}
              value={phone}
              error={sending.of("guest_phone")}
              onChange={(change) => setPhone(change.target.value)}
            />
            <TextInput
              type="email"
              label={t("guests.email")}
              description={t("official.emailText")}
              value={email}
              error={sending.of("guest_email")}
              onChange={(change) => setEmail(change.target.value)}
            />
          </div>
          <NativeSelect
            label={t("events.name")}
            value={event}
            error={sending.of("event_id")}
            data={[
              { value: "", label: t("official.chooseEvent"), disabled: true },
              ...toCome.map(({ id, title, starts_at }) => ({
                value: id,
                label: `${title}, ${formatDate(locale, starts_at)}`,
              })),
            ]}
            onChange={(change) => {
              setEvent(change.target.value);
              setType("");
            }}
          />
          {events.isSuccess && toCome.length === 0 && <p className="quiet">{t("official.noEvent")}</p>}
          {details.data && (
            <Radio.Group
              label={t("guests.type")}
              value={type}
              error={sending.of("pass_type")}
              onChange={setType}
            >
              <Stack gap="sm" mt={4}>
                {types.map((kind) => (
                  <TypeChoice key={kind.id} type={kind} currency={details.data.currency} />
                ))}
              </Stack>
            </Radio.Group>
          )}
          <NumberInput
            label={t("official.quantity")}
            description={t("official.quantityText")}
            min={1}
            max={MOST_CODES}
            allowDecimal={false}
            value={quantity}
            error={sending.of("quantity")}
            onChange={(value) => setQuantity(Number(value) || 0)}
          />
          <Textarea
            label={t("newInvitation.message")}
            rows={3}
            maxLength={2_000}
            value={message}
            error={sending.of("custom_message")}
            onChange={(change) => setMessage(change.target.value)}
          />
          <Group justify="flex-end" gap="sm">
            <Button variant="default" onClick={close}>
              {t("cancel")}
            </Button>
            <Button type="submit" loading={sending.busy} disabled={event === ""}>
              {t("official.send")}
            </Button>
          </Group>
        </Stack>
      </form>
    </Modal>
  );
}
