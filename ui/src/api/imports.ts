import { client, content, done } from "./client";
import type { components } from "./contract";
import { sendFile } from "./sendFile";

type Shapes = components["schemas"];

export type Choices = Shapes["Choices"];
export type ListField = Shapes["ListField"];
export type ListAnswer = Shapes["ListAnswer"];
export type ImportReport = Shapes["ImportReport"];
export type Imported = Shapes["Imported"];
export type RowError = Shapes["RowError"];

/** Sends a list and tells what importing it would do; `sent` hears which share of it has left. */
export async function sendList(
  event: string,
  file: File,
  sent: (share: number) => void,
  signal: AbortSignal,
): Promise<ListAnswer> {
  const path = `/api/events/${event}/imports?name=${encodeURIComponent(file.name)}`;
  return (await sendFile("POST", path, file, { sent, signal })) as ListAnswer;
}

/** Looks at a list that waits once more, with other choices. */
export function lookAgain(list: string, body: Choices): Promise<ListAnswer> {
  return content(client.PUT("/api/imports/{id}", { params: { path: { id: list } }, body }));
}

export function acceptList(list: string): Promise<Imported> {
  return content(client.POST("/api/imports/{id}/accept", { params: { path: { id: list } } }));
}

/** Lets a list go that nobody will accept. */
export function forgetList(list: string): Promise<void> {
  return done(client.DELETE("/api/imports/{id}", { params: { path: { id: list } } }));
}
