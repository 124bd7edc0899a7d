import { Button, Checkbox, Radio, Textarea, TextInput } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { ask } from "../../../api";
import type { BackupContent, KitAndCode } from "../../../api/backups";
import { formatDate, formatMoment, useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { Facts } from "../../../shared/Facts";
import { ConfirmDialog, Refused, type Sending } from "../../../shared/form";
import { Note } from "../../../shared/Note";
import { isProblem } from "../../../shared/problem";
import styles from "./backup.module.css";
import type { Restoring, Step } from "./restoring";

const NO_KEYS: KitAndCode = { kit: null, code: null };

/** What opens the keys of a backup that no passphrase protects. */
function KitFields({
  keys,
  sending,
  change,
}: {
  keys: KitAndCode;
  sending: Sending;
  change(keys: KitAndCode): void;
}) {
  const { t } = useSpeech();
  const pick = async () => {
    const file = await platform().pickFile({ name: t("settings.recovery"), endings: ["txt"] });
    if (file !== null) change({ ...keys, kit: await file.text() });
  };
  return (
    <fieldset className={styles.choice}>
      <legend>{t("settings.recovery")}</legend>
      <p className="quiet small">{t("restore.kitText")}</p>
      <Textarea
        label={t("restore.kit")}
        rows={4}
        spellCheck={false}
        value={keys.kit ?? ""}
        error={sending.of("kit")}
        onChange={({ target }) => change({ ...keys, kit: target.value || null })}
      />
      <div>
        <Button size="compact-sm" variant="default" onClick={() => void pick()}>
          {t("restore.kitFile")}
        </Button>
      </div>
      <TextInput
        className={styles.narrow}
        label={t("recovery.code")}
        autoComplete="off"
        spellCheck={false}
        value={keys.code ?? ""}
        error={sending.of("code")}
        onChange={({ target }) => change({ ...keys, code: target.value || null })}
      />
    </fieldset>
  );
}

function Events({
  content,
  chosen,
  change,
}: {
  content: BackupContent;
  chosen: readonly string[];
  change(chosen: string[]): void;
}) {
  const { t, locale } = useSpeech();
  return (
    <ul className={styles.events} aria-label={t("place.events")}>
      {content.events.map(({ id, title, starts_at, here }) => (
        <li key={id}>
          <Checkbox
            label={title}
            description={
              <>
                {formatDate(locale, starts_at)}
                {here === "present" && ` · ${t("restore.present")}`}
              </>
            }
            checked={chosen.includes(id)}
            onChange={({ target }) =>
              change(target.checked ? [...chosen, id] : chosen.filter((known) => known !== id))
            }
          />
        </li>
      ))}
    </ul>
  );
}

/** What of an open backup is brought back. */
export function ChooseEvents({
  step: { name, content },
  restoring,
}: {
  step: Extract<Step, { kind: "open" }>;
  restoring: Restoring;
}) {
  const { t, locale, count } = useSpeech();
  const here = useQuery(ask.events());
  const isEmpty = here.data?.length === 0;
  const [wanted, want] = useState<"all" | "some" | null>(null);
  // An office that has nothing yet is most likely to be brought back as a whole.
  const all = content.whole && (wanted ?? (isEmpty ? "all" : "some")) === "all";
  const [chosen, choose] = useState(() =>
    content.events.filter((event) => event.here === "absent").map(({ id }) => id),
  );
  const [keys, setKeys] = useState(NO_KEYS);
  const [confirming, confirm] = useState(false);
  const { sending } = restoring;
  // A whole workspace without a passphrase wants its kit, also where single events don't.
  const [askedForKit, askForKit] = useState(content.needs_kit);
  if (!askedForKit && isProblem(sending.error, "kit_missing")) askForKit(true);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const keysGiven = !askedForKit || (keys.kit !== null && keys.code !== null);
  const given = askedForKit
    ? { kit: keys.kit?.trim() ?? null, code: keys.code?.trim() ?? null }
    : NO_KEYS;
  const restore = (submitted: FormEvent) => {
    submitted.preventDefault();
    if (all) confirm(true);
    else void restoring.restore(chosen, given);
  };
  const replaced = content.events.filter(
    (event) => event.here === "present" && chosen.includes(event.id),
  ).length;
  return (
    <form className={styles.form} onSubmit={restore} noValidate>
      <Facts
        wide
        facts={[
          [t("restore.file"), name],
          [t("restore.madeAt"), formatMoment(locale, zone, content.made_at)],
          [
            t("restore.workspace"),
            content.same_workspace
              ? t("restore.thisWorkspace", { name: content.workspace.name })
              : content.workspace.name,
          ],
          [t("place.events"), count(content.events.length)],
        ]}
      />
      <Refused error={sending.error} fields={["kit", "code"]} />
      {askedForKit && <KitFields keys={keys} sending={sending} change={setKeys} />}
      <fieldset className={styles.choice}>
        <legend>{t("restore.what")}</legend>
        {content.whole && (
          <>
            <Radio
              name="restore"
              label={t("restore.all")}
              description={t("restore.allText")}
              checked={all}
              onChange={() => want("all")}
            />
            <Radio
              name="restore"
              label={t("restore.some")}
              description={t("restore.someText")}
              checked={!all}
              onChange={() => want("some")}
            />
          </>
        )}
        {!all && <Events content={content} chosen={chosen} change={choose} />}
      </fieldset>
      {!all && replaced > 0 && <Note>{t("restore.aside", { count: replaced })}</Note>}
      <div className={styles.buttons}>
        <Button
          type="submit"
          loading={sending.busy}
          disabled={!keysGiven || (!all && chosen.length === 0)}
        >
          {all ? t("restore.submitAll") : t("restore.submit", { count: chosen.length })}
        </Button>
        <Button variant="subtle" onClick={restoring.again}>
          {t("restore.again")}
        </Button>
      </div>
      {confirming && (
        <ConfirmDialog
          title={t("restore.submitAll")}
          text={t("restore.allConfirm", { name: content.workspace.name })}
          submit={t("restore.submitAll")}
          act={() => restoring.restoreAll(given)}
          close={() => confirm(false)}
        />
      )}
    </form>
  );
}
