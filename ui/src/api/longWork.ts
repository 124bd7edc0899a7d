import i18next from "i18next";
import { keepAwake } from "../platform";
import { Problem } from "../shared/problem";
import { tell, type Work } from "../shared/tray";
import { client, content } from "./client";
import type { Task } from "./types";

/** How often work under way is asked how far it is. */
const ASK_MS = 300;

export interface LongWork {
  /** What is made, as a line of the tray. */
  title: string;
  /** Begins it; begun once more, it goes on where it was stopped. */
  begin(): Promise<Task>;
  /** What came of it, in a few words. */
  told(task: Task): string;
  /** Whether it goes on after a stop; other work begins anew. */
  goesOn?: boolean;
  /** After each ending: done, stopped or failed. */
  ended?(task: Task): void;
  /** Leads to the result. */
  open?(task: Task): void;
}

const pause = () => new Promise((resolve) => setTimeout(resolve, ASK_MS));

const shareOf = ({ done, total }: Task) => (total === 0 ? null : done / total);

const read = (id: string) =>
  content(client.GET("/api/tasks/{id}", { params: { path: { id } } }));

const stop = (id: string) =>
  content(client.POST("/api/tasks/{id}/stop", { params: { path: { id } } }));

/** Waits out a moment in which the office does not answer; other refusals end the work. */
async function look(task: Task): Promise<Task> {
  try {
    return await read(task.id);
  } catch (error) {
    if (error instanceof Problem && error.status === 0) return task;
    throw error;
  }
}

/** Begins long work and shows it in the tray until it has ended; what it ended as. */
export async function follow(work: LongWork, line: string = crypto.randomUUID()): Promise<Task> {
  const base = { id: line, title: work.title };
  const say = (state: Work["state"], more: Partial<Work> = {}) =>
    tell({ ...base, state, progress: null, ...more });
  let task: Task;
  const letSleep = keepAwake();
  try {
    say("running");
    task = await work.begin();
    const halt = () => void stop(task.id).catch(() => undefined);
    while (task.state === "running") {
      say("running", { progress: shareOf(task), ...(work.goesOn ? { pause: halt } : { stop: halt }) });
      await pause();
      task = await look(task);
    }
  } catch (error) {
    say("failed", { result: error instanceof Error ? error.message : String(error) });
    throw error;
  } finally {
    letSleep();
  }
  const ended = task;
  if (task.state === "stopped" && work.goesOn) {
    say("paused", {
      progress: shareOf(task),
      result: i18next.t("longWork.paused", { n: task.done, total: task.total }),
      resume: () => void follow(work, line).catch(() => undefined),
      stop: () => say("stopped", { result: work.told(ended) }),
    });
  } else if (task.state === "failed") {
    say("failed", { result: task.problem?.detail ?? i18next.t("tray.failed") });
  } else if (task.state === "stopped") {
    say("stopped");
  } else {
    say("done", { result: work.told(task), ...(work.open ? { open: () => work.open?.(ended) } : {}) });
  }
  work.ended?.(task);
  return task;
}
