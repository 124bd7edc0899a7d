import { useNavigate } from "@tanstack/react-router";
import { type FormEvent, useCallback, useEffect, useId, useState } from "react";
import { becomeGate } from "../../api/gate";
import { LANGUAGES, ownName, speak, useSpeech } from "../../locales";
import { platform } from "../../platform";
import { Problem } from "../../shared/problem";
import { useRefusal } from "../../shared/useRefusal";
import own from "./BecomeGate.module.css";
import { Preview } from "./camera/Preview";
import { useCamera } from "./camera/useCamera";
import styles from "./Choose.module.css";
import form from "./GateForm.module.css";
import { LONGEST_NAME, useGateChoices } from "./gateChoices";

/** How the code of an office's begins that makes a gate. */
const BEGINS = "gatehouse://enrol?";

/** Makes this machine a gate of another machine's event: its code, a name, done. */
export function BecomeGate() {
  const { t, language } = useSpeech();
  const refusal = useRefusal();
  const navigate = useNavigate();
  const id = useId();
  const [choices] = useGateChoices();
  const [code, setCode] = useState("");
  const [name, setName] = useState(() => t("gate.usualName"));
  const [busy, setBusy] = useState(false);
  const [made, setMade] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const read = code.trim().startsWith(BEGINS);
  const hear = useCallback((text: string) => {
    if (!text.startsWith(BEGINS)) return;
    setCode(text);
    setTrouble(null);
  }, []);
  const camera = useCamera(choices, hear, busy || made);
  const title = t("becomeGate.title");
  useEffect(() => {
    document.title = title;
  }, [title]);
  const ready = code.trim() !== "" && name.trim() !== "" && !busy && !made;
  const submit = async (sent: FormEvent) => {
    sent.preventDefault();
    if (!ready) return;
    setBusy(true);
    setTrouble(null);
    try {
      await becomeGate(code.trim(), name.trim());
      setMade(true);
      // From its next start on the program is the gate.
      await platform().restart();
    } catch (error) {
      setTrouble(
        error instanceof Problem && error.status !== 0
          ? refusal({ code: error.code, message: error.message })
          : t("gate.noAnswer"),
      );
    } finally {
      setBusy(false);
    }
  };
  const sees = camera.sight === "ok" && !read;
  return (
    <main className={styles.page} id="main">
      <form className={`${styles.box} ${form.form}`} onSubmit={(sent) => void submit(sent)}>
        <header className={styles.top}>
          <h1>{title}</h1>
          <select aria-label={t("frame.language")} value={language} onChange={({ target }) => void speak(target.value)}>
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {ownName(tag)}
              </option>
            ))}
          </select>
        </header>
        <p>{t("becomeGate.text")}</p>
        <div className={own.sight} hidden={!sees}>
          <Preview camera={camera} mirrored={false} label={t("gate.preview")} />
        </div>
        <div>
          <label htmlFor={`${id}-code`}>{t("becomeGate.code")}</label>
          <input
            id={`${id}-code`}
            value={code}
            autoComplete="off"
            spellCheck={false}
            placeholder={`${BEGINS}…`}
            aria-describedby={`${id}-read`}
            onChange={({ target }) => {
              setCode(target.value);
              setTrouble(null);
            }}
          />
          <p id={`${id}-read`} className="quiet small" role="status">
            {read ? t("becomeGate.read") : t(`gate.sight.${camera.sight}`)}
          </p>
        </div>
        <div>
          <label htmlFor={`${id}-name`}>{t("becomeGate.name")}</label>
          <input
            id={`${id}-name`}
            value={name}
            maxLength={LONGEST_NAME}
            autoComplete="off"
            onChange={({ target }) => setName(target.value)}
          />
        </div>
        <p className={own.trouble} role="alert">
          {trouble}
        </p>
        {made && <p role="status">{t("becomeGate.restart")}</p>}
        <button type="submit" className={form.go} disabled={!ready}>
          {busy ? t("becomeGate.busy") : t("becomeGate.go")}
        </button>
        <button type="button" className={form.other} disabled={busy} onClick={() => void navigate({ to: "/" })}>
          {t("becomeGate.back")}
        </button>
      </form>
    </main>
  );
}
