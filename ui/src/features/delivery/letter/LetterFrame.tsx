import { useEffect, useMemo, useRef, useState } from "react";
import styles from "./letter.module.css";
import { letterPage, LOOK } from "./letterPage";

/** Height of the longest letter that is shown whole, in pixels. */
const TALLEST = 6_000;

/** A letter as a mail program shows it. Nothing in it runs, and its links lead nowhere. */
export function LetterFrame({ html, title, phone }: { html: string; title: string; phone: boolean }) {
  const frame = useRef<HTMLIFrameElement>(null);
  const [height, setHeight] = useState(240);
  const page = useMemo(() => letterPage(html), [html]);
  useEffect(() => {
    const view = frame.current?.contentWindow as (Window & typeof globalThis) | null | undefined;
    const letter = frame.current?.contentDocument;
    if (!view || !letter) return undefined;
    letter.open();
    letter.write(`<!doctype html>${page.html}`);
    letter.close();
    letter.adoptedStyleSheets = page.sheets.map((css) => {
      const sheet = new view.CSSStyleSheet();
      sheet.replaceSync(css);
      return sheet;
    });
    for (const element of letter.querySelectorAll<HTMLElement>(`[${LOOK}]`)) {
      element.style.cssText = element.getAttribute(LOOK) ?? "";
    }
    letter.title = title;
    letter.addEventListener("click", (pressed) => pressed.preventDefault());
    const measure = () => {
      const tall = letter.documentElement.getBoundingClientRect().height;
      setHeight(Math.min(TALLEST, Math.max(160, Math.ceil(tall))));
    };
    const seen = new ResizeObserver(measure);
    seen.observe(letter.documentElement);
    measure();
    return () => seen.disconnect();
  }, [page, title]);
  return (
    <iframe
      ref={frame}
      title={title}
      className={`${styles.frame} ${phone ? styles.phone : ""}`}
      // The frame's document is written by this page, which alone runs scripts.
      sandbox="allow-same-origin"
      style={{ height }}
    />
  );
}
