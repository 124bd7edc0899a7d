import { Menu } from "@mantine/core";
import { useSpeech } from "../locales";
import styles from "./FilterChip.module.css";
import { Icon } from "./Icon";
import { TypeMark } from "./TypeMark";

export interface Choice {
  value: string;
  label: string;
  colour?: number;
}

/** One thing that a list can be narrowed to: a chip that says it, and takes it away again. */
export function FilterChip({
  label,
  choices,
  chosen,
  choose,
}: {
  label: string;
  choices: readonly Choice[];
  chosen: string | null;
  choose(value: string | null): void;
}) {
  const { t } = useSpeech();
  const now = choices.find(({ value }) => value === chosen);
  return (
    <span className={`${styles.chip} ${now === undefined ? "" : styles.chosen}`}>
      <Menu position="bottom-start" closeOnItemClick>
        <Menu.Target>
          <button type="button">
            {now === undefined ? label : `${label}: ${now.label}`}
            {now === undefined && <Icon name="down" />}
          </button>
        </Menu.Target>
        <Menu.Dropdown>
          {choices.map((choice) => (
            <Menu.RadioItem
              key={choice.value}
              value={choice.value}
              checked={choice.value === chosen}
              closeMenuOnClick
              onChange={() => choose(choice.value)}
            >
              {choice.colour === undefined ? (
                choice.label
              ) : (
                <TypeMark name={choice.label} colour={choice.colour} />
              )}
            </Menu.RadioItem>
          ))}
        </Menu.Dropdown>
      </Menu>
      {now !== undefined && (
        <button
          type="button"
          className={styles.off}
          aria-label={t("guests.filterOff", { filter: `${label}: ${now.label}` })}
          onClick={() => choose(null)}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}
