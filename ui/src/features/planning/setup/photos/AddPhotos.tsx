import { Button, TextInput } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { type FormEvent, useState } from "react";
import { useEvent } from "../../../../api";
import { addPhoto } from "../../../../api/photos";
import { formatShare, useSpeech } from "../../../../locales";
import { platform } from "../../../../platform";
import { DropAnywhere } from "../../../../shared/DropAnywhere";
import { Refused } from "../../../../shared/form";
import { isProblem } from "../../../../shared/problem";
import { usePicture } from "../../../../shared/usePicture";
import styles from "./photos.module.css";
import { ENDINGS, MOST_BYTES, MOST_CAPTION, type Waiting, whyLeftOut } from "./waiting";

function Line({
  waiting,
  busy,
  first,
  change,
  leaveOut,
}: {
  waiting: Waiting;
  busy: boolean;
  /** Whether it is the first that was chosen last. */
  first: boolean;
  change(caption: string): void;
  leaveOut(): void;
}) {
  const { t } = useSpeech();
  const { file, caption, error } = waiting;
  const address = usePicture(file);
  const [broken, setBroken] = useState(false);
  return (
    <li>
      <div className={styles.line} role="group" aria-label={file.name}>
        <div className={styles.thumb}>{address !== null && !broken && <img src={address} alt="" onError={() => setBroken(true)} />}</div>
        <div className={styles.words}>
          <TextInput
            label={t("photos.caption")}
            description={t("photos.captionText", { name: file.name })}
            maxLength={MOST_CAPTION}
            autoFocus={first}
            disabled={busy}
            value={caption}
            onChange={({ target }) => change(target.value)}
          />
          <Refused error={error} />
        </div>
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={busy}
          aria-label={t("photos.leaveOutOne", { name: file.name })}
          onClick={leaveOut}
        >
          {t("photos.leaveOut")}
        </Button>
      </div>
    </li>
  );
}

/** Takes pictures, asks what each shows, and adds them to the event. */
export function AddPhotos({ added }: { added(): Promise<void> }) {
  const { t, locale } = useSpeech();
  const event = useEvent();
  const [waiting, setWaiting] = useState<readonly Waiting[]>([]);
  const [leftOut, setLeftOut] = useState<readonly { name: string; why: "kind" | "size" }[]>([]);
  const [newest, setNewest] = useState<string | null>(null);
  /** The file that is on its way, and which share of it has left. */
  const [going, setGoing] = useState<{ name: string; share: number } | null>(null);
  const busy = going !== null;

  const take = (files: readonly File[]) => {
    if (busy || files.length === 0) return;
    const judged = files.map((file) => ({ file, why: whyLeftOut(file) }));
    setLeftOut(judged.flatMap(({ file: { name }, why }) => (why === null ? [] : [{ name, why }])));
    const taken = judged
      .filter(({ why }) => why === null)
      .map(({ file }) => ({ key: crypto.randomUUID(), file, caption: "", error: null }));
    setNewest(taken[0]?.key ?? null);
    setWaiting((now) => [...now, ...taken]);
  };
  const pick = async () => take(await platform().pickFiles({ name: t("photos.kinds"), endings: ENDINGS }));
  const send = async (submitted: FormEvent) => {
    submitted.preventDefault();
    if (busy) return;
    let count = 0;
    for (const { key, file, caption } of waiting) {
      const { name } = file;
      setGoing({ name, share: 0 });
      try {
        await addPhoto(event.id, file, caption.trim(), (share) => setGoing({ name, share }));
        count += 1;
        setWaiting((now) => now.filter((one) => one.key !== key));
      } catch (error) {
        setWaiting((now) => now.map((one) => (one.key === key ? { ...one, error } : one)));
        // Nobody is there for the others either.
        if (isProblem(error, "unreachable")) break;
      }
    }
    await added().catch(() => undefined);
    setGoing(null);
    if (count > 0) notifications.show({ message: t("photos.added", { count }) });
  };
  const alter = (key: string, caption: string) =>
    setWaiting((now) => now.map((one) => (one.key === key ? { ...one, caption, error: null } : one)));
  return (
    <section className={styles.adding} aria-labelledby="add-photos">
      <h2 id="add-photos" className={styles.title}>
        {t("photos.add")}
      </h2>
      <div className={styles.zone}>
        <p className="strong">{t("photos.drop")}</p>
        <p className="quiet">{t("photos.dropText", { n: MOST_BYTES / 1024 / 1024 })}</p>
        <Button variant={waiting.length === 0 ? "filled" : "default"} disabled={busy} onClick={() => void pick()}>
          {t("photos.choose")}
        </Button>
      </div>
      <DropAnywhere
        title={t("photos.drop")}
        text={t("photos.dropText", { n: MOST_BYTES / 1024 / 1024 })}
        take={(file, more) => take([file, ...more])}
      />
      {leftOut.length > 0 && (
        <div role="alert" className={styles.wrong}>
          {leftOut.map(({ name, why }, index) => (
            <p key={`${index} ${name}`}>
              {t(why === "size" ? "photos.tooLarge" : "photos.wrongKind", { name, n: MOST_BYTES / 1024 / 1024 })}
            </p>
          ))}
        </div>
      )}
      {waiting.length > 0 && (
        <form className={styles.form} aria-label={t("photos.add")} noValidate onSubmit={(press) => void send(press)}>
          <ul className={styles.lines}>
            {waiting.map((one) => (
              <Line
                key={one.key}
                waiting={one}
                busy={busy}
                first={one.key === newest}
                change={(caption) => alter(one.key, caption)}
                leaveOut={() => setWaiting((now) => now.filter(({ key }) => key !== one.key))}
              />
            ))}
          </ul>
          <div className={styles.buttons}>
            <Button type="submit" loading={busy}>
              {t("photos.submit", { count: waiting.length })}
            </Button>
            <span role="status" className="quiet small">
              {going !== null &&
                t("importing.sendingShare", { name: going.name, share: formatShare(locale, going.share, 1) })}
            </span>
          </div>
        </form>
      )}
    </section>
  );
}
