import { useEffect, useRef, useState } from "react";
import { Icon } from "./Icon";
import { focusList } from "./Screen";
import styles from "./SearchField.module.css";

const PAUSE_MS = 150;

/** A search field that asks when the typing pauses. `/` leads to it, Esc empties it. */
export function SearchField({
  label,
  text,
  onSearch,
}: {
  label: string;
  text: string;
  onSearch(text: string): void;
}) {
  const [typed, setTyped] = useState(text);
  const asked = useRef(text);
  useEffect(() => {
    // The address was changed from elsewhere, such as by going back.
    if (text !== asked.current) {
      asked.current = text;
      setTyped(text);
    }
  }, [text]);
  useEffect(() => {
    const wanted = typed.trim();
    if (wanted === asked.current) return;
    const timer = setTimeout(() => {
      asked.current = wanted;
      onSearch(wanted);
    }, PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed, onSearch]);
  return (
    <search className={styles.search}>
      <Icon name="search" />
      <input
        data-search
        type="search"
        aria-label={label}
        placeholder={label}
        maxLength={200}
        autoComplete="off"
        spellCheck={false}
        value={typed}
        onChange={(event) => setTyped(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Escape") {
            event.preventDefault();
            if (typed === "") event.currentTarget.blur();
            else setTyped("");
          } else if (event.key === "ArrowDown") {
            event.preventDefault();
            focusList();
          }
        }}
      />
      <kbd aria-hidden="true">/</kbd>
    </search>
  );
}
