import { CheckIcon, ColorInput, ColorSwatch, MantineThemeProvider } from "@mantine/core";
import { useMemo } from "react";
import { useSpeech } from "../../../locales";
import { Note } from "../../../shared/Note";
import styles from "./branding.module.css";
import { bestContrast, isColour, READABLE } from "./contrast";
import { type SwatchName, SWATCHES } from "./swatches";

/** A colour that is typed, picked or taken from those that are proposed. */
export function ColourField({
  value,
  error,
  disabled,
  change,
}: {
  /** Such as `#1d6f42`, or blank. */
  value: string;
  error: string | null;
  disabled: boolean;
  change(colour: string): void;
}) {
  const { t } = useSpeech();
  const faint = isColour(value) && bestContrast(value) < READABLE;
  // The field hands no names on to its sliders, so they get theirs from the theme.
  const named = useMemo(() => {
    const defaultProps = { saturationLabel: t("branding.saturation"), hueLabel: t("branding.hue") };
    return { components: { ColorPicker: { defaultProps } } };
  }, [t]);
  return (
    <div className={styles.file}>
      <MantineThemeProvider theme={named} inherit>
        <ColorInput
          label={t("branding.colour")}
          description={t("branding.colourText")}
          placeholder={t("branding.noColour")}
          format="hex"
          fixOnBlur={false}
          withEyeDropper={false}
          popoverProps={{ withinPortal: false }}
          disabled={disabled}
          value={value}
          error={error}
          onChange={change}
        />
      </MantineThemeProvider>
      <div className={styles.swatches} role="group" aria-label={t("branding.proposed")}>
        {(Object.keys(SWATCHES) as SwatchName[]).map((name) => {
          const chosen = SWATCHES[name] === value.toLowerCase();
          return (
            <ColorSwatch
              key={name}
              component="button"
              type="button"
              size={28}
              color={SWATCHES[name]}
              disabled={disabled}
              aria-label={t(`branding.swatch.${name}`)}
              title={t(`branding.swatch.${name}`)}
              aria-pressed={chosen}
              onClick={() => change(SWATCHES[name])}
            >
              {chosen && <CheckIcon size={12} className={styles.chosen} />}
            </ColorSwatch>
          );
        })}
      </div>
      {faint && <Note title={t("branding.faint")}>{t("branding.faintText")}</Note>}
    </div>
  );
}
