import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId, useState } from "react";
import { askBranding, type Branding, removeBrandFile, sendBrandFile } from "../../../api/branding";
import { useSpeech } from "../../../locales";
import { platform } from "../../../platform";
import { ConfirmDialog, Refused, useSending } from "../../../shared/form";
import { offerUndo } from "../../../shared/undo";
import { usePicture } from "../../../shared/usePicture";
import styles from "./branding.module.css";

type Part = "logo" | "font";

const MB = 1024 * 1024;

/** What can be given for each part; sizes in bytes, as the office takes them. */
const TAKEN = {
  logo: { endings: ["png", "jpg", "jpeg"], most: 2 * MB },
  font: { endings: ["ttf", "otf"], most: 8 * MB },
} as const satisfies Record<Part, { endings: readonly string[]; most: number }>;

const TITLES = { logo: "branding.logo", font: "branding.ownFont" } as const satisfies Record<Part, string>;

/** A file of the branding: given, exchanged, removed. */
function BrandFile({
  part,
  has,
  held,
  remove,
  changed,
  children,
}: {
  part: Part;
  has: boolean;
  held: boolean;
  remove(): void;
  changed(): Promise<void>;
  /** The file as it is now. */
  children: ReactNode;
}) {
  const { t } = useSpeech();
  const id = useId();
  const sending = useSending();
  const [tooLarge, setTooLarge] = useState(false);
  const pick = async () => {
    const { endings, most } = TAKEN[part];
    const file = await platform().pickFile({ name: t(`branding.${part}Kinds`), endings });
    if (file === null) return;
    setTooLarge(file.size > most);
    if (file.size > most) return sending.clear();
    const sent = await sending.send(() => sendBrandFile(part, file));
    if (!sent) return;
    await changed();
    notifications.show({ message: t(`branding.${part}Given`) });
  };
  return (
    <div className={styles.file} role="group" aria-labelledby={id}>
      <div>
        <p id={id} className="strong">
          {t(TITLES[part])}
        </p>
        <p className="quiet small">{t(`branding.${part}Text`)}</p>
      </div>
      {children}
      {tooLarge && (
        <p role="alert" className={styles.wrong}>
          {t("branding.tooLarge", { n: TAKEN[part].most / MB })}
        </p>
      )}
      <Refused error={sending.error} />
      <div className={styles.buttons}>
        <Button
          size="compact-sm"
          variant="default"
          disabled={held}
          loading={sending.busy}
          onClick={() => void pick()}
        >
          {t(has ? `branding.${part}Other` : `branding.${part}Choose`)}
        </Button>
        {has && (
          <Button size="compact-sm" variant="subtle" disabled={held} onClick={remove}>
            {t(`branding.${part}Remove`)}
          </Button>
        )}
      </div>
    </div>
  );
}

/** Everything of the branding is read anew: a file changes its version and every picture of it. */
export function useBrandingChanged(): () => Promise<void> {
  const queries = useQueryClient();
  return async () => {
    await Promise.all([
      queries.invalidateQueries({ queryKey: askBranding.root }),
      queries.invalidateQueries({ queryKey: ["edited", "branding"] }),
    ]);
  };
}

/** The logo that stands on tickets, pages and mail. */
export function Logo({ branding, held }: { branding: Branding; held: boolean }) {
  const { t } = useSpeech();
  const changed = useBrandingChanged();
  const logo = useQuery({ ...askBranding.logo(), enabled: branding.has_logo });
  const picture = branding.has_logo ? logo.data : undefined;
  const address = usePicture(picture);
  const [removing, setRemoving] = useState(false);
  const remove = async () => {
    await removeBrandFile("logo");
    await changed();
    if (picture === undefined) return notifications.show({ message: t("branding.logoRemoved") });
    offerUndo({
      done: t("branding.logoRemoved"),
      async undo() {
        await sendBrandFile("logo", new File([picture], "logo", { type: picture.type }));
        await changed();
      },
    });
  };
  return (
    <BrandFile
      part="logo"
      has={branding.has_logo}
      held={held}
      remove={() => setRemoving(true)}
      changed={changed}
    >
      <div className={styles.logo}>
        {address === null ? (
          <span className="small">{t(branding.has_logo ? "loading" : "branding.noLogo")}</span>
        ) : (
          <img src={address} alt={t("branding.logoOf", { name: branding.organizer })} />
        )}
      </div>
      {removing && (
        <ConfirmDialog
          title={t("branding.logoRemove")}
          text={t("branding.logoRemoveText")}
          submit={t("branding.logoRemove")}
          act={remove}
          close={() => setRemoving(false)}
        />
      )}
    </BrandFile>
  );
}

/** A font of the organizer's own. */
export function OwnFont({ branding, held }: { branding: Branding; held: boolean }) {
  const { t } = useSpeech();
  const changed = useBrandingChanged();
  const [removing, setRemoving] = useState(false);
  return (
    <BrandFile
      part="font"
      has={branding.own_font !== null}
      held={held}
      remove={() => setRemoving(true)}
      changed={changed}
    >
      {branding.own_font !== null && <p>{branding.own_font}</p>}
      {removing && (
        <ConfirmDialog
          title={t("branding.fontRemove")}
          text={t("branding.fontRemoveText")}
          submit={t("branding.fontRemove")}
          act={async () => {
            await removeBrandFile("font");
            await changed();
            notifications.show({ message: t("branding.fontRemoved") });
          }}
          close={() => setRemoving(false)}
        />
      )}
    </BrandFile>
  );
}
