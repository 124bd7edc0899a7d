import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useEffectEvent, useId, useRef, useState } from "react";
import { askDoor, type Found } from "../../api/gate";
import { isolate, joined, useSpeech } from "../../locales";
import { TypeMark } from "../../shared/TypeMark";
import styles from "./Search.module.css";
import { Sheet } from "./Sheet";

/** So long after the last letter the list is asked for. */
const TYPED_MS = 160;
/** The most that are admitted at once. */
const MOST = 50;
/** By how many rows a key moves. */
const STEPS: Readonly<Record<string, number>> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };
/** The most keys that wait for an answer. */
const MOST_KEPT = 8;

/** A key, and what was held down beside it. */
interface Press {
  key: string;
  shift: boolean;
  ctrl: boolean;
}

/** Text as it stood a moment ago, so that not every letter is a question. */
function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), TYPED_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

function Row({ found, active, picked, stale, id, choose, pick }: {
  found: Found;
  active: boolean;
  picked: boolean;
  /** Whether it was found for an earlier text. */
  stale: boolean;
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
      aria-disabled={stale || undefined}
      className={styles.row}
      data-active={active ? "" : undefined}
      onClick={stale ? undefined : choose}
    >
      <span
        className={styles.tick}
        data-picked={picked ? "" : undefined}
        aria-hidden="true"
        onClick={(event) => {
          event.stopPropagation();
          if (!stale) pick();
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
  const [kept, keep] = useState<readonly Press[]>([]);
  const typed = text.trim();
  const settled = useSettled(typed);
  const search = useQuery({
    ...askDoor.search(event, settled),
    enabled: settled !== "" && of === null,
    placeholderData: keepPreviousData,
  });
  const party = useQuery({ ...askDoor.party(event, of ?? ""), enabled: of !== null });
  const asked = of === null ? search : party;
  const items: readonly Found[] = of === null ? (settled === "" ? [] : (search.data ?? [])) : (party.data?.items ?? []);
  // What is shown until the answer to this very text is there was found for an earlier one.
  const stale = of === null && (settled !== typed || (typed !== "" && (search.isPending || search.isPlaceholderData)));
  const at = Math.max(0, Math.min(active, items.length - 1));
  const now = stale ? undefined : items[at];
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
      setPicked([]);
    }
  };
  const act = ({ key, shift, ctrl }: Press, seen: boolean) => {
    const step = STEPS[key];
    if (step !== undefined) setActive(Math.min(Math.max(0, at + step), Math.max(0, items.length - 1)));
    else if (ctrl) openParty();
    else if (shift) {
      if (now !== undefined) pick(now.ticket);
    } else if (seen || items.length === 1) {
      // Of several whom nobody had seen yet none was meant.
      go(chosen);
    }
  };
  const press = (event: KeyboardEvent) => {
    const { key, shiftKey: shift, ctrlKey, metaKey, nativeEvent } = event;
    if (nativeEvent.isComposing || (key !== "Enter" && STEPS[key] === undefined)) return;
    event.preventDefault();
    const pressed = { key, shift, ctrl: ctrlKey || metaKey };
    if (stale || kept.length > 0) keep([...kept, pressed].slice(0, MOST_KEPT));
    else act(pressed, true);
  };
  const catchUp = useEffectEvent(() => {
    const [first, ...rest] = kept;
    if (first === undefined) return;
    keep(rest);
    act(first, false);
  });
  // One at a time: where the next one leads, the one before it says.
  useEffect(() => {
    if (!stale) catchUp();
  }, [stale, kept]);
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
            keep([]);
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
            stale={stale}
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
          : items.length > 0 && !stale
            ? t("gate.foundCount", { count: items.length })
            : (of === null && settled === "")
              ? t("gate.searchText")
              : stale || asked.isFetching
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
