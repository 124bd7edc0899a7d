import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { listen, reach } from "../../api";
import { askDoor, type Direction, type Door, present } from "../../api/gate";
import { keepAwake } from "../../platform";
import { isProblem } from "../../shared/problem";
import { type DoorSpeech, ENGLISH, Sounds, speakAtDoor } from "../../shared/verdict";
import type { GateChoices } from "./gateChoices";
import { newNonce } from "./nonce";
import { type Manner, Presenting, type PresentingState } from "./presenting";

/** The words of a door in a language; English until they are read. */
export function useDoorSpeech(language: string): DoorSpeech {
  const [speech, set] = useState(ENGLISH);
  useEffect(() => {
    let over = false;
    void speakAtDoor(language).then(
      (read) => {
        if (!over) set(read);
      },
      () => undefined,
    );
    return () => {
      over = true;
    };
  }, [language]);
  return speech;
}

/** The moment, anew every so many ms. */
export function useMoment(every: number): number {
  const [moment, set] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => set(Date.now()), every);
    return () => clearInterval(timer);
  }, [every]);
  return moment;
}

export interface OpenGate {
  event: string;
  gate: string;
  door: Door | undefined;
  /** Why nothing is known of the door; null while all is well. */
  trouble: unknown;
  /** Whether the office is known not to answer. */
  away: boolean;
  direction: Direction;
  /** Turns it round; null where the office does not allow that. */
  turnRound: (() => void) | null;
  presenting: Presenting;
  state: PresentingState;
  sounds: Sounds;
  /** By how much the office's clock is ahead of this machine's, ms. */
  ahead: number;
}

const across = (direction: Direction): Direction => (direction === "entry" ? "exit" : "entry");

/** A gate that is open: its door, what it presents and shows, how it sounds. */
export function useGate(event: string, gate: string, choices: GateChoices, manner: Manner): OpenGate {
  const queries = useQueryClient();
  const asked = useQuery(askDoor.door(event, gate));
  const away = useSyncExternalStore(reach.subscribe, reach.away);
  const [turnedFrom, setTurnedFrom] = useState<Direction | null>(null);
  const leads = asked.data?.gate.direction ?? "entry";
  const mayTurn = asked.data?.gate.may_turn ?? false;
  // Turned until the office says something else.
  const isTurned = mayTurn && turnedFrom === leads;
  const direction = isTurned ? across(leads) : leads;
  const latest = useRef({ gate, direction });
  useEffect(() => {
    latest.current = { gate, direction };
  });

  const sounds = useMemo(() => new Sounds(), []);
  useEffect(() => {
    sounds.setVolume(choices.volume);
    sounds.mute(choices.muted);
  }, [sounds, choices.volume, choices.muted]);
  useEffect(() => {
    const unlock = () => sounds.unlock();
    // A machine that starts by itself may sound without a touch where its window allows that.
    unlock();
    const gestures = ["pointerdown", "keydown"] as const;
    for (const gesture of gestures) document.addEventListener(gesture, unlock, true);
    return () => {
      for (const gesture of gestures) document.removeEventListener(gesture, unlock, true);
    };
  }, [sounds]);

  const presenting = useMemo(
    () =>
      new Presenting({
        send: (given, signal) => present(event, { ...given, ...latest.current }, signal),
        sound: (tone) => sounds.play(tone),
        decided: () => void queries.invalidateQueries({ queryKey: ["event", event, "door"] }),
        nonce: newNonce,
        now: () => performance.now(),
      }),
    [event, queries, sounds],
  );
  useEffect(() => {
    presenting.manner = manner;
  }, [presenting, manner]);
  useEffect(() => () => presenting.stop(), [presenting]);
  useEffect(() => listen(queries, event), [queries, event]);
  useEffect(() => keepAwake(), []);

  const ended = isProblem(asked.error, "scanner_revoked") || isProblem(asked.error, "list_dropped");
  useEffect(() => {
    // The page itself shows it, instead of the door.
    if (ended) void queries.invalidateQueries({ queryKey: ["events"] });
  }, [queries, ended]);

  const { data, dataUpdatedAt } = asked;
  const ahead = data === undefined ? 0 : data.clock_ms - dataUpdatedAt;
  return {
    event,
    gate,
    door: data,
    trouble: data === undefined ? asked.error : null,
    away: away || (asked.isError && asked.failureCount > 0),
    direction,
    turnRound: mayTurn ? () => setTurnedFrom(isTurned ? null : leads) : null,
    presenting,
    state: useSyncExternalStore(presenting.subscribe, presenting.state),
    sounds,
    ahead,
  };
}
