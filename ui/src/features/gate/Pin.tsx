import { type FormEvent, useId, useRef, useState } from "react";
import { useSpeech } from "../../locales";
import { Problem } from "../../shared/problem";
import { useRefusal } from "../../shared/useRefusal";
import styles from "./Pin.module.css";
import { Sheet } from "./Sheet";

const LEAST = 4;
const MOST = 12;
const DIGITS = ["1", "2", "3", "4", "5", "6", "7", "8", "9"] as const;

/** Asks for the supervisor's PIN, and for a reason where one is kept. */
export function Pin({
  title,
  text,
  action,
  withReason = false,
  send,
  close,
}: {
  title: string;
  text: string;
  /** What the button says. */
  action: string;
  withReason?: boolean;
  /** Rejects where the PIN was refused. */
  send(pin: string, reason: string): Promise<void>;
  close(): void;
}) {
  const { t } = useSpeech();
  const refusal = useRefusal();
  const [pin, setPin] = useState("");
  const [reason, setReason] = useState("");
  const [sending, setSending] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const id = useId();
  const reasons = [t("gate.reasonKnown"), t("gate.reasonHost"), t("gate.reasonMistake")];
  const ready = pin.length >= LEAST && (!withReason || reason.trim() !== "") && !sending;
  const type = (digit: string) => {
    setPin((now) => (now + digit).slice(0, MOST));
    setTrouble(null);
  };
  const submit = async (event: FormEvent) => {
    event.preventDefault();
    if (!ready) return;
    setSending(true);
    setTrouble(null);
    try {
      await send(pin, reason.trim());
      close();
    } catch (error) {
      setPin("");
      setTrouble(error instanceof Problem && error.status !== 0 ? refusal({ code: error.code, message: error.message }) : t("gate.noAnswer"));
      field.current?.focus();
    } finally {
      setSending(false);
    }
  };
  return (
    <Sheet title={title} close={close}>
      <form className={styles.form} onSubmit={(event) => void submit(event)}>
        <p>{text}</p>
        {withReason && (
          <div className={styles.reason}>
            <label htmlFor={`${id}-reason`}>{t("gate.reason")}</label>
            <input
              id={`${id}-reason`}
              data-first
              value={reason}
              maxLength={200}
              autoComplete="off"
              onChange={(event) => setReason(event.target.value)}
            />
            <div className={styles.reasons}>
              {reasons.map((one) => (
                <button key={one} type="button" aria-pressed={reason === one} onClick={() => {
                  setReason(one);
                  field.current?.focus();
                }}>
                  {one}
                </button>
              ))}
            </div>
          </div>
        )}
        <div className={styles.pin}>
          <label htmlFor={`${id}-pin`}>{t("gate.pin")}</label>
          <input
            ref={field}
            id={`${id}-pin`}
            type="password"
            inputMode="numeric"
            autoComplete="off"
            data-first={withReason ? undefined : ""}
            value={pin}
            aria-describedby={`${id}-trouble`}
            aria-invalid={trouble !== null}
            onChange={(event) => {
              setPin(event.target.value.replace(/\D/g, "").slice(0, MOST));
              setTrouble(null);
            }}
          />
        </div>
        <p id={`${id}-trouble`} className={styles.trouble} role="alert">
          {trouble}
        </p>
        <div className={styles.pad}>
          {DIGITS.map((digit) => (
            <button key={digit} type="button" onClick={() => type(digit)}>
              {digit}
            </button>
          ))}
          <button type="button" aria-label={t("gate.erase")} onClick={() => setPin((now) => now.slice(0, -1))}>
            ⌫
          </button>
          <button type="button" onClick={() => type("0")}>
            0
          </button>
          <button type="submit" className={styles.go} disabled={!ready}>
            {action}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
