import { Button, Group, Modal, Radio, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { useState } from "react";
import { useEvent } from "../../../api";
import { makeLink, type ScannerLink } from "../../../api/gates";
import { formatShortMoment, useSpeech } from "../../../locales";
import { DayField, TimeField, today } from "../../../shared/dates";
import { momentOf } from "../../../shared/dates/localTime";
import { Refused, useSending } from "../../../shared/form";
import { Note } from "../../../shared/Note";
import { QrCode } from "../../../shared/qr";
import { CopyLine } from "./CopyLine";
import styles from "./devices.module.css";
import { NetworkNote } from "./NetworkNote";
import { OpenLinks } from "./OpenLinks";

/** Whether what shows this page is reached by this machine alone. */
const isAlone = () => /^(localhost|127\.|\[::1\]|tauri\.)/.test(window.location.hostname);

function Made({ made, name, close }: { made: ScannerLink; name: string; close(): void }) {
  const { t, locale } = useSpeech();
  const { time_zone } = useEvent();
  // What serves this page serves the phone's too, unless it is reached by this machine alone.
  const link = made.address ?? new URL(made.link, window.location.origin).href;
  return (
    <>
      {made.address === null && isAlone() && <Note>{t("gates.link.onlyHere")}</Note>}
      <div className={styles.code}>
        <div className={styles.picture}>
          <QrCode text={link} label={t("gates.link.codeOf", { name })} />
        </div>
        <div className={styles.beside}>
          <ol className={styles.steps}>
            <li>{t("gates.link.step1")}</li>
            <li>{t("gates.link.step2")}</li>
            <li>{t("gates.link.step3")}</li>
          </ol>
          <p className="quiet small">
            {t("gates.link.until", { when: formatShortMoment(locale, time_zone, made.expires_at) })}{" "}
            {t("gates.link.oneDevice")}
          </p>
          <p className="small">
            {t("gates.link.trust")}{" "}
            <Link className="link" to="/settings/network">
              {t("gates.link.trustHow")}
            </Link>
          </p>
        </div>
      </div>
      <CopyLine label={t("gates.link.link")} text={link} />
      <Group justify="flex-end" gap="sm">
        <Button onClick={close}>{t("gates.link.finish")}</Button>
      </Group>
    </>
  );
}

/** A link that makes any phone or tablet a scanner of this event. */
export function NewLink({ close }: { close(): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const queries = useQueryClient();
  const sending = useSending();
  const [key] = useState(() => crypto.randomUUID());
  const [name, setName] = useState("");
  const [custom, setCustom] = useState(false);
  const [day, setDay] = useState<string | null>(today());
  const [time, setTime] = useState("23:59");
  const [made, setMade] = useState<ScannerLink | null>(null);
  const make = () =>
    sending.send(async () => {
      const expires_at = custom && day !== null ? momentOf(event.time_zone, { day, time }) : null;
      setMade(await makeLink(event.id, { device_name: name.trim(), expires_at }, key));
      await queries.invalidateQueries({ queryKey: ["event", event.id, "devices"] });
    });
  const whole = name.trim() !== "" && (!custom || (day !== null && time !== ""));
  return (
    <Modal opened onClose={close} title={t("gates.link.add")} size={made === null ? "md" : "lg"}>
      <Stack gap="md">
        <NetworkNote />
        {made !== null ? (
          <Made made={made} name={name.trim()} close={close} />
        ) : (
          <form
            noValidate
            onSubmit={(submitted) => {
              submitted.preventDefault();
              if (whole) void make();
            }}
          >
            <Stack gap="md">
              <Refused error={sending.error} fields={["deviceName", "expires_at"]} />
              <p className="quiet">{t("gates.link.text")}</p>
              <TextInput
                label={t("gates.link.name")}
                placeholder={t("gates.link.example")}
                data-autofocus
                maxLength={80}
                value={name}
                error={sending.of("deviceName")}
                onChange={({ target }) => {
                  sending.clear();
                  setName(target.value);
                }}
              />
              <Radio.Group
                label={t("gates.link.expires")}
                value={custom ? "custom" : "event"}
                error={sending.of("expires_at")}
                onChange={(value) => setCustom(value === "custom")}
              >
                <Stack gap="xs" mt={4}>
                  <Radio value="event" label={t("gates.link.afterEvent")} />
                  <Radio value="custom" label={t("gates.link.custom")} />
                </Stack>
              </Radio.Group>
              {custom && (
                <Group align="flex-start" grow>
                  <DayField label={t("gates.link.day")} least={today()} day={day} onChange={setDay} />
                  <TimeField label={t("gates.link.time")} time={time} onChange={setTime} />
                </Group>
              )}
              <Group justify="flex-end" gap="sm">
                <Button variant="default" onClick={close}>
                  {t("cancel")}
                </Button>
                <Button type="submit" loading={sending.busy} disabled={!whole}>
                  {t("gates.link.make")}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
        {made === null && <OpenLinks />}
      </Stack>
    </Modal>
  );
}
