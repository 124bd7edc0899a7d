import { Button, PasswordInput, Progress } from "@mantine/core";
import { Link } from "@tanstack/react-router";
import { type FormEvent, useEffect, useId, useRef, useState } from "react";
import { formatShare, useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { DropAnywhere } from "../../../shared/DropAnywhere";
import { Refused } from "../../../shared/form";
import { usePlace } from "../../../shared/place";
import { isProblem } from "../../../shared/problem";
import styles from "./backup.module.css";
import { ChooseEvents } from "./ChooseEvents";
import { type Restoring, type Step, useRestoring } from "./restoring";

type At<Kind extends Step["kind"]> = Extract<Step, { kind: Kind }>;

function FileZone({ restoring }: { restoring: Restoring }) {
  const { t } = useSpeech();
  const pick = async () => {
    const file = await platform().pickFile({ name: t("restore.kinds"), endings: ["gatehouse-backup", "gatehouse"] });
    if (file !== null) await restoring.take(file);
  };
  return (
    <>
      <Refused error={restoring.sending.error} />
      <div className={styles.zone}>
        <p className="strong">{t("restore.drop")}</p>
        <p className="quiet">{t("restore.dropText")}</p>
        <Button variant="default" onClick={() => void pick()}>
          {t("restore.choose")}
        </Button>
      </div>
      <DropAnywhere
        title={t("restore.drop")}
        text={t("restore.dropText")}
        take={(file) => void restoring.take(file)}
      />
    </>
  );
}

function OnItsWay({ step, restoring }: { step: At<"sending">; restoring: Restoring }) {
  const { t, locale } = useSpeech();
  const id = useId();
  const left = step.sent >= 1;
  return (
    <div className={styles.zone} aria-busy="true">
      <p id={id} role="status">
        {left
          ? t("importing.reading", { name: step.name })
          : t("importing.sendingShare", { name: step.name, share: formatShare(locale, step.sent, 1) })}
      </p>
      <Progress
        className={styles.progress}
        aria-labelledby={id}
        value={left ? 100 : step.sent * 100}
        animated={left}
      />
      <Button variant="default" onClick={restoring.stop}>
        {t("cancel")}
      </Button>
    </div>
  );
}

function Locked({ step, restoring }: { step: At<"locked">; restoring: Restoring }) {
  const { t } = useSpeech();
  const [passphrase, setPassphrase] = useState("");
  const field = useRef<HTMLInputElement>(null);
  const { sending } = restoring;
  const wrong = isProblem(sending.error, "passphrase_wrong");
  useEffect(() => {
    if (wrong) field.current?.select();
  }, [wrong, sending.error]);
  const open = (submitted: FormEvent) => {
    submitted.preventDefault();
    void restoring.open(passphrase);
  };
  return (
    <form className={styles.form} onSubmit={open} noValidate>
      <p>{t("restore.locked", { name: step.name })}</p>
      {!wrong && <Refused error={sending.error} />}
      <PasswordInput
        ref={field}
        className={styles.narrow}
        label={t("passphrase.label")}
        autoComplete="off"
        autoFocus
        value={passphrase}
        error={wrong ? t("refused.passphraseWrong") : null}
        onChange={({ target }) => setPassphrase(target.value)}
      />
      <div className={styles.buttons}>
        <Button type="submit" loading={sending.busy} disabled={passphrase === ""}>
          {t("restore.open")}
        </Button>
        <Button variant="subtle" onClick={restoring.again}>
          {t("restore.again")}
        </Button>
      </div>
    </form>
  );
}

function Done({ step, restoring }: { step: At<"restored">; restoring: Restoring }) {
  const { t } = useSpeech();
  const { events, put_aside } = step.restored;
  return (
    <>
      <div className={styles.result} role="status">
        <p className="strong">{t("restore.done", { count: events.length })}</p>
        <ul>
          {events.map(({ id, title }) => (
            <li key={id}>
              <Link className="link" to="/events/$event/overview" params={{ event: id }}>
                {title}
              </Link>
            </li>
          ))}
        </ul>
        {put_aside > 0 && <p className="quiet">{t("restore.putAside", { count: put_aside })}</p>}
      </div>
      <Button variant="default" onClick={restoring.again}>
        {t("restore.another")}
      </Button>
    </>
  );
}

function Restart() {
  const { t } = useSpeech();
  const [byHand, setByHand] = useState(platform().kind === "browser");
  return (
    <div className={styles.result} role="status">
      <p className="strong">{t("restore.restart")}</p>
      <p className="quiet">{t("restore.restartText")}</p>
      {byHand ? (
        <p>{t("restore.restartByHand")}</p>
      ) : (
        <div>
          <Button onClick={() => void platform().restart().then((done) => setByHand(!done))}>
            {t("restore.restartNow")}
          </Button>
        </div>
      )}
    </div>
  );
}

/** Brings a backup back, step by step. */
export function Restore() {
  const { t } = useSpeech();
  const restoring = useRestoring();
  const { view } = usePlace();
  const { step } = restoring;
  const title = useRef<HTMLHeadingElement>(null);
  const before = useRef(step.kind);
  // Whoever comes for this part alone begins here.
  const meant = view.section === "restore";
  useEffect(() => {
    if (!meant) return;
    title.current?.focus();
    title.current?.scrollIntoView?.({ block: "start" });
  }, [meant]);
  useEffect(() => {
    // Whoever reads by ear or by keyboard is led on; a field that wants to be typed into comes first.
    if (before.current !== step.kind && step.kind !== "locked") title.current?.focus();
    before.current = step.kind;
  }, [step.kind]);
  return (
    <section className={styles.part} aria-labelledby="restore">
      <h2 id="restore" ref={title} tabIndex={-1}>
        {t("restore.title")}
      </h2>
      <p className="quiet">{t("restore.text")}</p>
      {step.kind === "file" && <FileZone restoring={restoring} />}
      {step.kind === "sending" && <OnItsWay step={step} restoring={restoring} />}
      {step.kind === "locked" && <Locked step={step} restoring={restoring} />}
      {step.kind === "open" && <ChooseEvents step={step} restoring={restoring} />}
      {step.kind === "restored" && <Done step={step} restoring={restoring} />}
      {step.kind === "restart" && <Restart />}
    </section>
  );
}
