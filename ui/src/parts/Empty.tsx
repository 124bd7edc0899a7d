import type { ReactNode } from "react";

/** What a place is for, while there is nothing in it, and the one next step. */
export function Empty({
  title,
  children,
  command,
}: {
  title: string;
  children: ReactNode;
  command?: string;
}) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      <p>{children}</p>
      {command !== undefined && <code className="command">{command}</code>}
    </div>
  );
}
