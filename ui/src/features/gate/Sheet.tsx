import { type ReactNode, useEffect, useId, useRef } from "react";
import { useSpeech } from "../../locales";
import styles from "./Sheet.module.css";
import { Sign } from "./Sign";

/** A part of the gate that lies above the rest until it is closed; Esc closes it. */
export function Sheet({
  title,
  side = "middle",
  close,
  children,
}: {
  title: string;
  /** Where it lies: in the middle, or along the side of the buttons. */
  side?: "middle" | "left" | "right";
  close(): void;
  children: ReactNode;
}) {
  const { t } = useSpeech();
  const sheet = useRef<HTMLDialogElement>(null);
  const pressedBeside = useRef(false);
  const id = useId();
  useEffect(() => {
    const opened = sheet.current;
    if (opened === null || opened.open) return;
    opened.showModal();
    // A dialog gives the focus to its first button, unless something in it is to be typed first.
    opened.querySelector<HTMLElement>("[data-first]")?.focus();
    return () => opened.close();
  }, []);
  return (
    <dialog
      ref={sheet}
      className={styles.sheet}
      data-side={side}
      aria-labelledby={id}
      onCancel={(event) => {
        // The page decides, so that what is shown and what is open are one.
        event.preventDefault();
        close();
      }}
      onPointerDown={(event) => {
        pressedBeside.current = event.target === event.currentTarget;
      }}
      onClick={(event) => {
        // Text that is marked from within a field to beside the sheet ends there as a click, too.
        if (pressedBeside.current && event.target === event.currentTarget) close();
      }}
    >
      <div className={styles.content}>
        <header className={styles.top}>
          <h2 id={id}>{title}</h2>
          <button type="button" className={styles.close} aria-label={t("close")} onClick={close}>
            <Sign name="close" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}
