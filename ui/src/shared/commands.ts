import { useEffect, useRef, useSyncExternalStore } from "react";

/** Something that the person can ask for by name, anywhere: listed in the palette. */
export interface Command {
  id: string;
  title: string;
  /** Heading under which it is listed. */
  group: string;
  /** Keys that lead to it, to be shown beside it. */
  keys?: readonly string[];
  run(): void;
}

let commands: readonly Command[] = [];
const listeners = new Set<() => void>();

function change(next: readonly Command[]): void {
  commands = next;
  for (const hear of listeners) hear();
}

/** Offers commands for as long as the caller is shown. */
export function useCommands(offered: readonly Command[]): void {
  // What a command does may change at each render; what it is called decides when to list anew.
  const latest = useRef(offered);
  useEffect(() => {
    latest.current = offered;
  });
  const names = offered.map(({ id, title }) => `${id}\n${title}`).join("\n\n");
  useEffect(() => {
    const listed = latest.current.map((command) => ({
      ...command,
      run: () => latest.current.find(({ id }) => id === command.id)?.run(),
    }));
    change([...commands, ...listed]);
    return () => change(commands.filter((command) => !listed.includes(command)));
  }, [names]);
}

/** The commands that are offered now. */
export function useOfferedCommands(): readonly Command[] {
  return useSyncExternalStore(
    (hear) => {
      listeners.add(hear);
      return () => listeners.delete(hear);
    },
    () => commands,
  );
}
