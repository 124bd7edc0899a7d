import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { askDoor, type Found } from "../../api/gate";
import { isolate, joined, useSpeech } from "../../locales";
import { TypeMark } from "../../shared/TypeMark";
import styles from "./Search.module.css";
import { Sheet } from "./Sheet";

/** So long after the last letter the list is asked for. */
const TYPED_MS = 160;
/** The most that are admitted at once. */
const MOST = 50;

/** Text as it stood a moment ago, so that not every letter is a question. */
function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Row({ found, active, picked, id, choose, pick }: {
  found: Found;
  active: boolean;
  picked: boolean;
  id: string;
  choose(): void;
  pick(): void;
}) {
  const { t } = useSpeech();
  const { name, unnamed, number, ticket_type: type, colour, seat, invitation, party_label: label, members, inside, note } = found;
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (active) row.current?.scrollIntoView({ block: "nearest" });
  }, [active]);
  const party = members > 1 && joined([invitation, label, t("gate.members", { count: members })], " · ");
  return (
    <li
      ref={row}
      id={id}
      role="option"
      aria-selected={picked}
      className={styles.row}
      data-active={active ? "" : undefined}
      onClick={choose}
    >
      <span
        className={styles.tick}
        data-picked={picked ? "" : undefined}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          pick();
        }}
      >
        {picked ? "✓" : ""}
      </span>
      <span className={styles.who}>
        <strong dir="auto">{unnamed ? t("tickets.plusOne", { name }) : name}</strong>
        <span className={styles.more}>{joined([`#${number}`, seat, members > 1 ? party : invitation], " · ")}</span>
        {note !== null && <span className={styles.note}>{isolate(note)}</span>}
      </span>
      <span className={styles.type}>
        {type !== null && <TypeMark name={type} colour={colour ?? undefined} />}
        {inside ? (
          <span className={styles.inside}>✓ {t("gate.insideNow")}</span>
        ) : (
          found.status !== "active" && <span className={styles.held}>{t(`ticketStatus.${found.status}`, { defaultValue: found.status })}</span>
        )}
      </span>
    </li>
  );
}

/** The tickets of those who have yet to pass, as many as may pass at once: the rest comes after them. */
const absentOf = (items: readonly Found[], exits: boolean): string[] =>
  items
    .filter(({ inside }) => inside === exits)
    .slice(0, MOST)
    .map(({ ticket }) => ticket);

/** Finds a guest without a code; admits one, several, or everyone of a party. */
export function Search({
  event,
  side,
  party: shownParty,
  exits,
  admit,
  close,
}: {
  event: string;
  side: "left" | "right";
  /** A ticket whose party is shown first. */
  party: string | null;
  /** Whether they leave rather than come. */
  exits: boolean;
  admit(tickets: string[]): void;
  close(): void;
}) {
  const { t } = useSpeech();
  const id = useId();
  const [text, setText] = useState("");
  const [of, setOf] = useState(shownParty);
  const [active, setActive] = useState(0);
  const [picked, setPicked] = useState<readonly string[]>([]);
  const settled = useSettled(text.trim());
  const search = useQuery({
    ...askDoor.search(event, settled),
    enabled: settled !== "" && of === null,
    placeholderData: keepPreviousData,
  });
  const party = useQuery({ ...askDoor.party(event, of ?? ""), enabled: of !== null });
  const asked = of === null ? search : party;
  const items: readonly Found[] = of === null ? (settled === "" ? [] : (search.data ?? [])) : (party.data?.items ?? []);
  const at = Math.min(active, Math.max(0, items.length - 1));
  const now = items[at];
  const chosen = picked.length > 0 ? picked : now === undefined ? [] : [now.ticket];
  const absent = absentOf(items, exits);

  // Of a party that was opened, everybody who is still outside is meant at first.
  useEffect(() => {
    if (party.data !== undefined && of !== null) {
      setPicked(absentOf(party.data.items, exits));
    }
  }, [party.data, of, exits]);

  const pick = (ticket: string) =>
    setPicked((kept) =>
      kept.includes(ticket) ? kept.filter((one) => one !== ticket) : kept.length < MOST ? [...kept, ticket] : kept,
    );
  const go = (tickets: readonly string[]) => {
    if (tickets.length === 0) return;
    admit([...tickets]);
    close();
  };
  const openParty = () => {
    if (of !== null) go(absent);
    else if (now !== undefined && now.members > 1) {
      setOf(now.ticket);
      setActive(0);
    }
  };
  const press = (key: KeyboardEvent) => {
    if (key.nativeEvent.isComposing) return;
    const move = (to: number) => {
      key.preventDefault();
      setActive(Math.min(Math.max(0, to), items.length - 1));
    };
    if (key.key === "ArrowDown") move(at + 1);
    else if (key.key === "ArrowUp") move(at - 1);
    else if (key.key === "PageDown") move(at + 8);
    else if (key.key === "PageUp") move(at - 8);
    else if (key.key === "Enter") {
      key.preventDefault();
      // What is typed now may still be on its way to the list.
      if (of === null && settled !== text.trim()) return;
      if (key.ctrlKey || key.metaKey) openParty();
      else if (key.shiftKey) {
        if (now !== undefined) pick(now.ticket);
      } else go(chosen);
    }
  };
  const title = party.data !== undefined && of !== null ? joined([party.data.number, party.data.label], " · ") : t("gate.search");
  const verb = exits ? "gate.letOut" : "gate.admit";
  return (
    <Sheet title={title} side={side} close={close}>
      <div className={styles.field}>
        <input
          type="search"
          role="combobox"
          aria-expanded={items.length > 0}
          aria-controls={`${id}-list`}
          aria-activedescendant={now === undefined ? undefined : `${id}-${at}`}
          aria-label={t("gate.searchLabel")}
          placeholder={t("gate.searchLabel")}
          data-first
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={(change) => {
            setText(change.target.value);
            setOf(null);
            setActive(0);
            setPicked([]);
          }}
          onKeyDown={press}
        />
      </div>
      <ul className={styles.list} id={`${id}-list`} role="listbox" aria-multiselectable aria-label={t("gate.found")}>
        {items.map((found, index) => (
          <Row
            key={found.ticket}
            found={found}
            id={`${id}-${index}`}
            active={index === at}
            picked={picked.includes(found.ticket)}
            choose={() => {
              setActive(index);
              pick(found.ticket);
            }}
            pick={() => pick(found.ticket)}
          />
        ))}
      </ul>
      <p className={styles.said} role="status">
        {asked.isError
          ? t("gate.noAnswer")
          : items.length > 0
            ? t("gate.foundCount", { count: items.length })
            : (of === null && settled === "")
              ? t("gate.searchText")
              : asked.isFetching
                ? t("loading")
                : t("gate.noneFound")}
      </p>
      <div className={styles.acts}>
        <button type="button" className={styles.go} disabled={chosen.length === 0} onClick={() => go(chosen)}>
          {t(verb, { count: Math.max(1, chosen.length) })} <kbd>↵</kbd>
        </button>
        {of === null ? (
          <button type="button" disabled={now === undefined || now.members < 2} onClick={openParty}>
            {t("gate.wholeParty")} <kbd>Ctrl ↵</kbd>
          </button>
        ) : (
          <button type="button" disabled={absent.length === 0} onClick={() => go(absent)}>
            {t("gate.everybody", { count: absent.length })} <kbd>Ctrl ↵</kbd>
          </button>
        )}
      </div>
    </Sheet>
  );
}
