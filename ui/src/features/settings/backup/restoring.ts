import { useQueryClient } from "@tanstack/react-query";
import { useRef, useState } from "react";
import {
  type Backup,
  type BackupContent,
  type KitAndCode,
  lookAtBackup,
  openBackup,
  restoreAll,
  restoreEvents,
  type Restored,
} from "../../../api/backups";
import { type Sending, useSending } from "../../../shared/form";

/** How far bringing a backup back has come. */
export type Step =
  | { kind: "file" }
  | { kind: "sending"; name: string; sent: number }
  | { kind: "locked"; id: string; name: string }
  | { kind: "open"; id: string; name: string; content: BackupContent }
  | { kind: "restored"; restored: Restored }
  | { kind: "restart" };

/** A backup on its way back: given, opened, chosen from, brought back. */
export interface Restoring {
  step: Step;
  sending: Sending;
  take(file: File): Promise<void>;
  /** Calls off a file that is on its way. */
  stop(): void;
  open(passphrase: string): Promise<void>;
  restore(events: string[], keys: KitAndCode): Promise<void>;
  restoreAll(keys: KitAndCode): Promise<void>;
  /** Begins with another file. */
  again(): void;
}

const stepOf = ({ id, content }: Backup, name: string): Step =>
  content === null ? { kind: "locked", id, name } : { kind: "open", id, name, content };

export function useRestoring(): Restoring {
  const queries = useQueryClient();
  const [step, go] = useState<Step>({ kind: "file" });
  const sending = useSending();
  const underWay = useRef<AbortController | null>(null);
  return {
    step,
    sending,
    async take(file) {
      underWay.current?.abort();
      const control = new AbortController();
      underWay.current = control;
      go({ kind: "sending", name: file.name, sent: 0 });
      await sending.send(async () => {
        try {
          const sent = (share: number) => go({ kind: "sending", name: file.name, sent: share });
          const backup = await lookAtBackup(file, sent, control.signal);
          go(stepOf(backup, file.name));
        } catch (refusal) {
          // Another file took this one's place, or the person called it off.
          if (control.signal.aborted) return;
          go({ kind: "file" });
          throw refusal;
        }
      });
    },
    stop() {
      underWay.current?.abort();
      go({ kind: "file" });
    },
    async open(passphrase) {
      if (step.kind !== "locked") return;
      await sending.send(async () => go(stepOf(await openBackup(step.id, passphrase), step.name)));
    },
    async restore(events, keys) {
      if (step.kind !== "open") return;
      await sending.send(async () => {
        const restored = await restoreEvents(step.id, events, keys);
        go({ kind: "restored", restored });
        await queries.invalidateQueries();
      });
    },
    async restoreAll(keys) {
      if (step.kind !== "open") return;
      await sending.send(async () => {
        await restoreAll(step.id, keys);
        go({ kind: "restart" });
      });
    },
    again() {
      sending.clear();
      go({ kind: "file" });
    },
  };
}
