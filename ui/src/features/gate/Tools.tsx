import { type KeyboardEvent, useRef, useState } from "react";
import { useSpeech } from "../../locales";
import { Sign, type SignName } from "./Sign";
import styles from "./Tools.module.css";

/** Something that the person at the gate can do, by a touch or a key. */
export interface Tool {
  sign: SignName;
  /** What it is called, in a word or two. */
  word: string;
  key: string;
  run(): void;
  disabled?: boolean;
  /** For what is on or off. */
  pressed?: boolean;
}

/** Where a key of the toolbar leads from `at` among `length` buttons (WAI-ARIA, toolbar pattern); null for other keys. */
function placeAfter(key: string, at: number, length: number): number | null {
  switch (key) {
    case "ArrowDown":
    case "ArrowRight":
      return (at + 1) % length;
    case "ArrowUp":
    case "ArrowLeft":
      return (at + length - 1) % length;
    case "Home":
      return 0;
    case "End":
      return length - 1;
    default:
      return null;
  }
}

/** The gate's buttons along one side, within reach of one hand. Tab reaches one of them; arrows lead to the others. */
export function Tools({ tools }: { tools: readonly Tool[] }) {
  const { t } = useSpeech();
  const bar = useRef<HTMLDivElement>(null);
  const [reached, setReached] = useState<string | null>(null);
  const usable = tools.filter(({ disabled }) => disabled !== true);
  const stop = usable.find(({ key }) => key === reached) ?? usable[0];
  const lead = (press: KeyboardEvent<HTMLDivElement>) => {
    if (press.ctrlKey || press.metaKey || press.altKey) return;
    const buttons = [...(bar.current?.querySelectorAll("button") ?? [])].filter(({ disabled }) => !disabled);
    const at = buttons.findIndex((button) => button === document.activeElement);
    const next = at < 0 ? null : placeAfter(press.key, at, buttons.length);
    if (next === null) return;
    press.preventDefault();
    buttons[next]?.focus();
  };
  return (
    <section className={styles.side} aria-label={t("gate.tools")}>
      <div
        ref={bar}
        className={styles.tools}
        role="toolbar"
        aria-orientation="vertical"
        aria-label={t("gate.tools")}
        onKeyDown={lead}
      >
        {tools.map(({ sign, word, key, run, disabled, pressed }) => (
          <button
            key={key}
            type="button"
            disabled={disabled}
            tabIndex={key === stop?.key ? 0 : -1}
            aria-pressed={pressed}
            aria-keyshortcuts={key}
            onFocus={() => setReached(key)}
            onClick={(click) => {
              run();
              // The next Enter belongs to the gate, not to this button.
              click.currentTarget.blur();
            }}
          >
            <Sign name={sign} />
            <span className={styles.word}>{word}</span>
            <span className={styles.key} aria-hidden="true">
              {key}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}
