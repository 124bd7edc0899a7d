import { useId } from "react";
import { LANGUAGES, ownName, speak, useSpeech } from "../../locales";
import type { Sounds } from "../../shared/verdict";
import { type Scheme, SCHEMES, useScheme } from "../../theme/scheme";
import { type Camera, sizeName, WITHOUT } from "./camera/useCamera";
import type { GateChoices } from "./gateChoices";
import styles from "./GateForm.module.css";
import { PrinterChoice } from "./badge/PrinterChoice";
import { SerialChoice } from "./serial/SerialChoice";
import { Sheet } from "./Sheet";
import { StartChoice } from "./StartChoice";

const SCHEME_WORDS = {
  auto: "frame.themeSystem",
  light: "frame.themeLight",
  dark: "frame.themeDark",
} as const satisfies Record<Scheme, string>;

/** How this gate is set, for whoever stands at it. */
export function SettingsSheet({
  choices,
  change,
  camera,
  sounds,
  prints,
  pinSet,
  startKiosk,
  spare,
  leaveWord,
  leave,
  close,
}: {
  choices: GateChoices;
  change(some: Partial<GateChoices>): void;
  camera: Camera;
  sounds: Sounds;
  /** Whether the event prints badges or receipts. */
  prints: boolean;
  pinSet: boolean;
  startKiosk(): void;
  /** Enrols a spare gate; null where this gate may not. */
  spare: (() => void) | null;
  /** What leaving is called here. */
  leaveWord: string;
  /** Null where it is not left from here. */
  leave: (() => void) | null;
  close(): void;
}) {
  const { t, language } = useSpeech();
  const [scheme, chooseScheme] = useScheme();
  const id = useId();
  const { controls } = camera;
  return (
    <Sheet title={t("gate.settings")} side={choices.hand} close={close}>
      <div className={styles.form}>
        <fieldset>
          <legend>{t("frame.language")}</legend>
          <div className={styles.segments}>
            {LANGUAGES.map((tag) => (
              <button key={tag} type="button" lang={tag} aria-pressed={tag === language} onClick={() => void speak(tag)}>
                {ownName(tag)}
              </button>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{t("gate.hand")}</legend>
          <div className={styles.segments}>
            {(["left", "right"] as const).map((hand) => (
              <button key={hand} type="button" aria-pressed={hand === choices.hand} onClick={() => change({ hand })}>
                {t(`gate.hand_${hand}`)}
              </button>
            ))}
          </div>
        </fieldset>
        <fieldset>
          <legend>{t("frame.theme")}</legend>
          <div className={styles.segments}>
            {SCHEMES.map((known) => (
              <button key={known} type="button" aria-pressed={known === scheme} onClick={() => chooseScheme(known)}>
                {t(SCHEME_WORDS[known])}
              </button>
            ))}
          </div>
        </fieldset>
        <div>
          <label htmlFor={`${id}-volume`}>{t("gate.volume")}</label>
          <input
            id={`${id}-volume`}
            type="range"
            min="0"
            max="1"
            step="0.1"
            value={choices.volume}
            onChange={({ target }) => {
              const volume = Number(target.value);
              change({ volume, muted: false });
              sounds.mute(false);
              sounds.setVolume(volume);
              sounds.play("admitted");
            }}
          />
          <div className={styles.segments}>
            {(["admitted", "attention", "refused"] as const).map((tone) => (
              <button key={tone} type="button" onClick={() => sounds.play(tone)}>
                {t(`gate.hear_${tone}`)}
              </button>
            ))}
          </div>
        </div>
        <div>
          <label htmlFor={`${id}-camera`}>{t("gate.camera")}</label>
          <select
            id={`${id}-camera`}
            value={choices.camera ?? ""}
            onChange={({ target }) => change({ camera: target.value === "" ? null : target.value })}
          >
            <option value="">{t("gate.cameraFirst")}</option>
            {camera.lenses.map(({ id: lens, name }, index) => (
              <option key={lens} value={lens}>
                {name === "" ? t("gate.cameraNumber", { n: index + 1 }) : name}
              </option>
            ))}
            <option value={WITHOUT}>{t("gate.cameraNone")}</option>
          </select>
        </div>
        {controls.torch && (
          <div className={styles.segments}>
            <button type="button" onClick={() => camera.set({ torch: true })}>
              {t("gate.torchOn")}
            </button>
            <button type="button" onClick={() => camera.set({ torch: false })}>
              {t("gate.torchOff")}
            </button>
          </div>
        )}
        {controls.sizes.length > 0 && (
          <div>
            <label htmlFor={`${id}-size`}>{t("gate.cameraSize")}</label>
            <select
              id={`${id}-size`}
              value={choices.cameraSize ?? ""}
              onChange={({ target }) => change({ cameraSize: target.value === "" ? null : target.value })}
            >
              <option value="">{t("gate.cameraSizeUsual")}</option>
              {controls.sizes.map((size) => (
                <option key={sizeName(size)} value={sizeName(size)}>
                  {t("gate.cameraSizeIs", { ...size })}
                </option>
              ))}
            </select>
          </div>
        )}
        {(["zoom", "exposure"] as const).map((dial) => {
          const range = controls[dial];
          return (
            range !== null && (
              <div key={dial}>
                <label htmlFor={`${id}-${dial}`}>{t(`gate.${dial}`)}</label>
                <input
                  id={`${id}-${dial}`}
                  type="range"
                  min={range.min}
                  max={range.max}
                  step={range.step}
                  defaultValue={range.now}
                  onChange={({ target }) => camera.set({ [dial]: Number(target.value) })}
                />
              </div>
            )
          );
        })}
        <fieldset>
          <legend>{t("gate.scanner")}</legend>
          <p className="quiet small">{t("gate.scannerWraps")}</p>
          <div className={styles.two}>
            <div>
              <label htmlFor={`${id}-prefix`}>{t("gate.prefix")}</label>
              <input
                id={`${id}-prefix`}
                value={choices.prefix}
                maxLength={20}
                autoComplete="off"
                onChange={({ target }) => change({ prefix: target.value })}
              />
            </div>
            <div>
              <label htmlFor={`${id}-suffix`}>{t("gate.suffix")}</label>
              <input
                id={`${id}-suffix`}
                value={choices.suffix}
                maxLength={20}
                autoComplete="off"
                onChange={({ target }) => change({ suffix: target.value })}
              />
            </div>
          </div>
        </fieldset>
        <SerialChoice port={choices.serial} change={change} />
        {prints && <PrinterChoice printer={choices.printer} change={change} />}
        <StartChoice />
        <button type="button" className={styles.other} onClick={startKiosk}>
          {t("gate.startKiosk")}
        </button>
        {!pinSet && <p className="quiet small">{t("gate.kioskNoPin")}</p>}
        {spare !== null && (
          <button type="button" className={styles.other} onClick={spare}>
            {t("gate.spare.title")}
          </button>
        )}
        {leave !== null && (
          <button type="button" className={styles.other} onClick={leave}>
            {leaveWord}
          </button>
        )}
      </div>
    </Sheet>
  );
}
