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

/** The gate's buttons along one side, within reach of one hand. */
export function Tools({ tools }: { tools: readonly Tool[] }) {
  const { t } = useSpeech();
  return (
    <section className={styles.side} aria-label={t("gate.tools")}>
      <div className={styles.tools} role="toolbar" aria-orientation="vertical" aria-label={t("gate.tools")}>
      {tools.map(({ sign, word, key, run, disabled, pressed }) => (
        <button
          key={key}
          type="button"
          disabled={disabled}
          aria-pressed={pressed}
          aria-keyshortcuts={key}
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
