import type { ReactNode } from "react";
import { useSpeech } from "../i18n/Speech";
import { Icon } from "./Icon";

/** The frame that every list screen shares: head, tools, one list, one pane. */
export function Screen({
  title,
  counts,
  tools,
  pane,
  children,
}: {
  title: string;
  counts?: ReactNode;
  tools?: ReactNode;
  pane?: ReactNode;
  children: ReactNode;
}) {
  return (
    <main className="screen" id="main">
      <header className="screen-head">
        <h1>{title}</h1>
        {counts !== undefined && <p className="counts">{counts}</p>}
        {tools}
      </header>
      <div className="split">
        <div className="split-list">{children}</div>
        {pane}
      </div>
    </main>
  );
}

/** One thing in detail, beside its list. */
export function Pane({
  title,
  under,
  close,
  children,
}: {
  title: string;
  under?: ReactNode;
  close(): void;
  children: ReactNode;
}) {
  const { words } = useSpeech();
  return (
    <aside className="pane" aria-label={title}>
      <div className="pane-head">
        <div>
          <h2>{title}</h2>
          {under !== undefined && <p className="quiet">{under}</p>}
        </div>
        <button
          type="button"
          className="icon-button"
          aria-label={words.close}
          title={`${words.close} (Esc)`}
          onClick={() => {
            close();
            document.getElementById("list")?.focus();
          }}
        >
          <Icon name="close" />
        </button>
      </div>
      {children}
    </aside>
  );
}
