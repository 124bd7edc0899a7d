import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { askDoor, type FrameSize } from "../../../api/gate";
import { platform } from "../../../platform";
import { Presence } from "../../../shared/presence";
import { BrowserEye, browserLenses } from "./browserEye";
import { type Controls, type Lens, NO_CONTROLS, type Seen, type Setting, type Sight } from "./eye";
import { MachineEye } from "./machineEye";
import { Waiting } from "./waiting";

/** No camera at all: the gate reads by a scanner that types, and by search. */
export const WITHOUT = "none";

export interface Camera {
  sight: Sight | "off";
  lenses: readonly Lens[];
  /** Whether the machine beneath the window reads, and not the page. */
  byMachine: boolean;
  /** For the page's own camera. */
  video: (element: HTMLVideoElement | null) => void;
  /** The newest picture of a camera of the machine. */
  picture: string | null;
  /** The codes that were read last. */
  seen: readonly Seen[];
  controls: Controls;
  set(setting: Setting): void;
}

/** What a gate chose. */
export interface Wanted {
  /** A lens, `WITHOUT`, or null for the first there is. */
  camera: string | null;
  /** Frames such as `1280x720x30`; null for the usual ones. */
  cameraSize: string | null;
}

/** `1280x720x30`: how a size of frames is kept. */
export const sizeName = ({ width, height, frames }: FrameSize): string => `${width}x${height}x${frames}`;

function sizeOf(name: string | null): FrameSize | null {
  const [width = NaN, height = NaN, frames = NaN] = (name ?? "").split("x").map(Number);
  return width > 0 && height > 0 && frames > 0 ? { width, height, frames } : null;
}

const SEEN_MS = 700;

/**
 * Reads codes with the chosen camera, or with the first there is; `hear` is told of each once.
 * While `held`, codes wait: those still in view afterwards are told then.
 */
export function useCamera(wanted: Wanted, hear: (code: string) => void, held: boolean): Camera {
  const { camera: chosen, cameraSize } = wanted;
  const inShell = platform().kind === "desktop";
  const machine = useQuery({ ...askDoor.cameras(), enabled: inShell, refetchInterval: 5_000 });
  const machineLenses = useMemo(() => machine.data ?? [], [machine.data]);
  const byMachine = machineLenses.length > 0;
  const decided = !inShell || !machine.isPending;
  const [lenses, setLenses] = useState<readonly Lens[]>([]);
  const [sight, setSight] = useState<Sight | "off">("opening");
  const [picture, setPicture] = useState<string | null>(null);
  const [seen, setSeen] = useState<readonly Seen[]>([]);
  const [controls, setControls] = useState<Controls>(NO_CONTROLS);
  const [element, video] = useState<HTMLVideoElement | null>(null);
  const eye = useRef<BrowserEye | MachineEye | null>(null);
  const latest = useRef({ hear, held });
  const [waiting] = useState(() => new Waiting());
  useEffect(() => {
    latest.current = { hear, held };
  });
  useEffect(() => {
    if (held) return;
    for (const code of waiting.take(performance.now())) latest.current.hear(code);
  }, [held, waiting]);

  const known = byMachine ? machineLenses : lenses;
  const lens = known.find(({ id }) => id === chosen)?.id ?? (byMachine ? (machineLenses[0]?.id ?? null) : null);
  const off = chosen === WITHOUT;

  useEffect(() => {
    if (off || !decided) {
      setSight(off ? "off" : "opening");
      setPicture(null);
      return;
    }
    const presence = new Presence();
    let fading: ReturnType<typeof setTimeout> | undefined;
    const witness = {
      sight: (now: Sight) => {
        setSight(now);
        if (now === "ok" && !byMachine) void browserLenses().then(setLenses, () => undefined);
      },
      codes: (found: readonly Seen[]) => {
        if (found.length > 0) {
          clearTimeout(fading);
          setSeen(found);
          fading = setTimeout(() => setSeen([]), SEEN_MS);
        }
        const texts = found.map(({ text }) => text);
        const at = performance.now();
        const fresh = presence.see(texts, at);
        waiting.still(texts, at);
        const { hear, held } = latest.current;
        if (held) waiting.keep(fresh, at);
        else for (const code of fresh) hear(code);
      },
      still: (texts: readonly string[]) => waiting.still(texts, performance.now()),
      picture: setPicture,
    };
    const quiet = onlyChanges(witness.sight);
    const heard = { ...witness, sight: quiet };
    const over = (stop: () => void) => () => {
      clearTimeout(fading);
      setSeen([]);
      setPicture(null);
      // What one camera saw another may never see again.
      waiting.take(performance.now());
      stop();
    };
    if (byMachine) {
      if (lens === null) return;
      const watched = new MachineEye(lens, sizeOf(cameraSize), heard);
      watched.onControls = setControls;
      eye.current = watched;
      return over(() => {
        eye.current = null;
        watched.stop();
      });
    }
    if (element === null) return;
    const opened = new BrowserEye(element, lens, heard);
    opened.onControls = setControls;
    eye.current = opened;
    return over(() => {
      eye.current = null;
      opened.stop();
    });
  }, [off, decided, byMachine, lens, element, cameraSize, waiting]);

  const set = useMemo(() => (setting: Setting) => void eye.current?.set(setting), []);
  return { sight, lenses: known, byMachine, video, picture, seen, controls, set };
}

/** Passes on a sight when it is another than before. */
function onlyChanges(tell: (sight: Sight) => void): (sight: Sight) => void {
  let before: Sight | null = null;
  return (sight) => {
    if (sight === before) return;
    before = sight;
    tell(sight);
  };
}
