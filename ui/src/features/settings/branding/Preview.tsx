import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { askBranding, type BrandingLook } from "../../../api/branding";
import { useSpeech } from "../../../locales";
import { usePicture } from "../../../shared/usePicture";
import styles from "./branding.module.css";

/** How long the typing rests before a ticket is drawn anew. */
const PAUSE_MS = 350;

/** A ticket as it would look; the one before stays until the next is there. */
export function Preview({ organizer, colour, font }: BrandingLook) {
  const { t } = useSpeech();
  const look = useMemo(() => ({ organizer: organizer.trim(), colour, font }), [organizer, colour, font]);
  const [settled] = useDebouncedValue(look, PAUSE_MS);
  const preview = useQuery({ ...askBranding.preview(settled), placeholderData: keepPreviousData });
  const address = usePicture(preview.data);
  return (
    <section className={styles.preview} aria-labelledby="sample">
      <h3 id="sample">{t("branding.preview")}</h3>
      <div className={styles.paper} aria-busy={preview.isFetching || settled !== look}>
        {address !== null && <img src={address} alt={t("branding.previewOf")} />}
      </div>
      <p className="quiet small" role={preview.isError ? "alert" : undefined}>
        {preview.isError ? t("branding.previewFailed") : t("branding.previewText")}
      </p>
    </section>
  );
}
