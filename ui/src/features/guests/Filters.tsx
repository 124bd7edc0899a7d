import { Menu } from "@mantine/core";
import { useEvent } from "../../api";
import { type GuestStanding, type GuestView, STANDINGS } from "../../api/askGuests";
import { useSpeech } from "../../locales";
import { Icon } from "../../shared/Icon";
import { TypeMark } from "../../shared/TypeMark";
import styles from "./guests.module.css";

interface Choice {
  value: string;
  label: string;
  colour?: number;
}

/** One thing that the list can be narrowed to: a chip that says it, and takes it away again. */
function Chip({
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

/** What the guest list is narrowed to, beside the search. */
export function Filters({
  view,
  narrow,
}: {
  view: GuestView;
  narrow(to: { type?: string | null; standing?: GuestStanding | null }): void;
}) {
  const { t } = useSpeech();
  const { ticket_types } = useEvent();
  return (
    <>
      <Chip
        label={t("guests.type")}
        choices={ticket_types.map(({ id, name, colour }) => ({ value: id, label: name, colour }))}
        chosen={view.type}
        choose={(type) => narrow({ type })}
      />
      <Chip
        label={t("guests.status")}
        choices={STANDINGS.map((value) => ({ value, label: t(`guestStanding.${value}`) }))}
        chosen={view.standing}
        choose={(value) => narrow({ standing: STANDINGS.find((known) => known === value) ?? null })}
      />
    </>
  );
}
