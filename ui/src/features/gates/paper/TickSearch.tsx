import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type KeyboardEvent, useEffect, useId, useRef, useState } from "react";
import { useEvent } from "../../../api";
import { askGates, type Found } from "../../../api/gates";
import { useSpeech } from "../../../locales";
import { Icon } from "../../../shared/Icon";
import type { Listed } from "./listed";
import styles from "./paper.module.css";

const PAUSE_MS = 120;

function useSettled(text: string): string {
  const [settled, settle] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => settle(text), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return settled;
}

/** Finds guests and ticks them: letters, arrows and Enter, then the next one. */
export function TickSearch({ ticked, add }: { ticked: readonly Listed[]; add(found: Found): void }) {
  const event = useEvent();
  const { t } = useSpeech();
  const id = useId();
  const [text, setText] = useState("");
  const [at, setAt] = useState(0);
  const wanted = useSettled(text.trim());
  const result = useQuery({
    ...askGates.find(event.id, wanted),
    enabled: wanted !== "",
    placeholderData: keepPreviousData,
  });
  const found = text.trim() === "" ? [] : (result.data ?? []);
  const list = useRef<HTMLUListElement>(null);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: "nearest" });
  }, [at]);
  const known = new Set(ticked.map((row) => row.id));
  const tick = (one: Found | undefined) => {
    if (one === undefined) return;
    add(one);
    setText("");
    setAt(0);
  };
  const press = (pressed: KeyboardEvent) => {
    if (pressed.key === "ArrowDown" || pressed.key === "ArrowUp") {
      pressed.preventDefault();
      const step = pressed.key === "ArrowDown" ? 1 : -1;
      setAt(Math.max(0, Math.min(found.length - 1, at + step)));
    } else if (pressed.key === "Enter") {
      pressed.preventDefault();
      // What was typed last may not have been answered yet: nobody is ticked by mistake.
      if (wanted === text.trim() && !result.isPlaceholderData) tick(found[at]);
    } else if (pressed.key === "Escape" && text !== "") {
      pressed.preventDefault();
      setText("");
    }
  };
  return (
    <div className={styles.search}>
      <label htmlFor={`${id}-search`}>{t("gates.paper.search")}</label>
      <div className={styles.field}>
        <Icon name="search" />
        <input
          id={`${id}-search`}
          data-search
          type="text"
          role="combobox"
          aria-expanded={found.length > 0}
          aria-controls={`${id}-found`}
          aria-autocomplete="list"
          aria-activedescendant={found.length > 0 ? `${id}-${at}` : undefined}
          autoComplete="off"
          spellCheck={false}
          maxLength={200}
          placeholder={t("gates.paper.searchHint")}
          value={text}
          onKeyDown={press}
          onChange={({ target }) => {
            setText(target.value);
            setAt(0);
          }}
        />
      </div>
      <ul
        ref={list}
        className={styles.found}
        id={`${id}-found`}
        role="listbox"
        aria-label={t("gates.paper.search")}
        hidden={found.length === 0}
      >
        {found.map((one, index) => (
          <li
            key={one.ticket}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseEnter={() => setAt(index)}
            onMouseDown={(pressed) => {
              // The field keeps the focus, so that the next name can be typed at once.
              pressed.preventDefault();
              tick(one);
            }}
          >
            <span className="clip strong">{one.name}</span>
            <span className="quiet">#{one.number}</span>
            <span className="quiet clip">{one.ticket_type}</span>
            <span className="quiet small">
              {known.has(one.ticket)
                ? t("gates.paper.ticked")
                : one.inside
                  ? t("gates.paper.cameAlready")
                  : one.invitation}
            </span>
          </li>
        ))}
      </ul>
      {text.trim() !== "" && found.length === 0 && result.isSuccess && !result.isPlaceholderData && (
        <p className="quiet small" role="status">
          {t("guests.noneFound", { text: wanted })}
        </p>
      )}
    </div>
  );
}
