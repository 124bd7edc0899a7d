import { queryOptions } from "@tanstack/react-query";
import { client, content } from "./client";
import type { components } from "./contract";
import { sendFile } from "./sendFile";
import type { Task } from "./types";

type Shapes = components["schemas"];

/** A backup that was given to the office and waits to be brought back. */
export type Backup = Shapes["BackupAnswer"];
/** What an open backup holds. */
export type BackupContent = Shapes["BackupContent"];
export type Restored = Shapes["RestoredEvents"];
/** What opens the keys of another machine's backup. */
export type KitAndCode = Required<Shapes["RestoreAll"]>;

/** When the last backup was made; UTC ms, null for never. */
export const lastBackup = () =>
  queryOptions({
    queryKey: ["last backup"],
    queryFn: ({ signal }) => content(client.GET("/api/backups/last", { signal })),
  });

/** Backs up these events, or the whole workspace when none is named. */
export const makeBackup = (events: string[], passphrase: string | null): Promise<Task> =>
  content(client.POST("/api/backups", { body: { events, passphrase } }));

/** Gives the office a backup and tells what is in it; `sent` hears which share has left. */
export const lookAtBackup = async (
  file: File,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<Backup> =>
  (await sendFile("POST", `/api/backups/look?name=${encodeURIComponent(file.name)}`, file, {
    sent,
    signal,
  })) as Backup;

const at = (id: string) => ({ path: { id } });

export const openBackup = (id: string, passphrase: string): Promise<Backup> =>
  content(client.POST("/api/backups/{id}/open", { params: at(id), body: { passphrase } }));

/** Brings events back; those that are here already are put aside. */
export const restoreEvents = (id: string, events: string[], keys: KitAndCode): Promise<Restored> =>
  content(client.POST("/api/backups/{id}/restore", { params: at(id), body: { events, ...keys } }));

/** Brings a whole workspace back; it is there once the program was started anew. */
export const restoreAll = (id: string, keys: KitAndCode) =>
  content(client.POST("/api/backups/{id}/restore-all", { params: at(id), body: keys }));
