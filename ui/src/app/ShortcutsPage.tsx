import { Modal } from "@mantine/core";
import { useSpeech } from "../locales";
import { Keys } from "../shared/Screen";
import styles from "./Frame.module.css";

const ANYWHERE = [
  ["palette", ["Mod", "K"]],
  ["search", ["/"]],
  ["undo", ["Mod", "Z"]],
  ["leave", ["Esc"]],
  ["help", ["?"]],
] as const;

const IN_LISTS = [
  ["move", ["↑", "↓"]],
  ["page", ["Page ↑", "Page ↓"]],
  ["ends", ["Home", "End"]],
  ["open", ["Enter"]],
  ["select", ["Space"]],
  ["range", ["Shift", "↑", "↓"]],
  ["all", ["Mod", "A"]],
] as const;

/** Every key that does something. */
export function ShortcutsPage({ close }: { close(): void }) {
  const { t } = useSpeech();
  const groups = [
    ["anywhere", ANYWHERE],
    ["inLists", IN_LISTS],
  ] as const;
  return (
    <Modal
      opened
      onClose={close}
      title={t("shortcuts.title")}
      closeButtonProps={{ "aria-label": t("close") }}
      size="lg"
    >
      <div className={styles.shortcuts}>
        {groups.map(([group, keys]) => (
          <section key={group} aria-labelledby={`shortcuts-${group}`}>
            <h3 id={`shortcuts-${group}`}>{t(`shortcuts.${group}`)}</h3>
            <dl>
              {keys.map(([what, pressed]) => (
                <div key={what}>
                  <dt>{t(`shortcuts.${what}`)}</dt>
                  <dd>
                    <Keys keys={pressed} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Modal>
  );
}
