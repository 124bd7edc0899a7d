import { platform } from "../platform";
import { Problem } from "../shared/problem";
import { refusalOfShell } from "./answer";
import { client, content } from "./client";
import { saveAnswer } from "./saveAnswer";
import type { Task } from "./types";

/** Name of the file that a piece of work made; null when it made none. */
export function fileOf({ result }: Task): string | null {
  if (typeof result !== "object" || result === null || !("file" in result)) return null;
  return typeof result.file === "string" ? result.file : null;
}

/** Whether a piece of work came to its end; throws the `Problem` that it broke off with. */
export function isDone({ state, problem }: Task): boolean {
  if (problem !== null) throw new Problem({ ...problem, status: 500 });
  return state === "done";
}

const at = (task: string) => ({ path: { id: task } });

/** Keeps the file that a piece of work made, under `name` or where the person says. */
export function keepFile(task: string, name: string): Promise<void> {
  return saveAnswer(client.GET("/api/tasks/{id}/file", { params: at(task), parseAs: "stream" }), name);
}

/** Prints the PDF that a piece of work made; which printer took it, null where a program shows it. */
export async function printFile(task: string, printer: string | null): Promise<string | null> {
  try {
    return await platform().printFile(task, printer);
  } catch (error) {
    throw refusalOfShell(error);
  }
}

/** The file that a piece of work made. */
export function readFile(task: string): Promise<Blob> {
  return content(client.GET("/api/tasks/{id}/file", { params: at(task), parseAs: "blob" }));
}
