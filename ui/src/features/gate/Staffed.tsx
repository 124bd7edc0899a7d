import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { admitTickets, admitWalkIn, forceScan, type Line, undoScan } from "../../api/gate";
import { useSpeech } from "../../locales";
import { platform } from "../../platform";
import { isProblem, Problem } from "../../shared/problem";
import { useRefusal } from "../../shared/useRefusal";
import type { Shown } from "../../shared/verdict";
import { arrivalAt } from "./badge/arrivals";
import { useBadges } from "./badge/useBadges";
import { useCamera } from "./camera/useCamera";
import { Foot } from "./Foot";
import styles from "./Gate.module.css";
import type { GateChoices } from "./gateChoices";
import { Idle } from "./Idle";
import { KeysSheet } from "./KeysSheet";
import { newNonce } from "./nonce";
import { LeaveOwnGate } from "./OwnGate";
import { Peers } from "./Peers";
import { Pin } from "./Pin";
import { staffed } from "./presenting";
import { Recent } from "./Recent";
import { Search } from "./Search";
import { useSerial } from "./serial/useSerial";
import { SettingsSheet } from "./SettingsSheet";
import { SpareGate } from "./SpareGate";
import { type Tool, Tools } from "./Tools";
import { useDoorPhoto } from "./useDoorPhoto";
import { useDoorSpeech, useGate, useMoment } from "./useGate";
import { useGateKeys } from "./useGateKeys";
import { useTyped } from "./useTyped";
import { Asides, Verdicts } from "./Verdicts";
import { WalkIn } from "./WalkIn";

/** What lies above the gate. */
type Above =
  | { kind: "search"; party: string | null }
  | { kind: "walk-in" | "recent" | "peers" | "settings" | "keys" | "stop" | "spare" }
  | { kind: "force"; shown: Shown }
  /** Scans that are still to be undone, and what came of those before them. */
  | { kind: "undo"; scans: readonly string[]; undone: readonly Shown[] };

/** In these something is being typed: codes wait. */
const TYPED_INTO: readonly Above["kind"][] = ["search", "walk-in", "force", "undo", "stop", "spare"];

const SAID_MS = 6_000;

/** A sentence that stays a while. */
function useSaying(): [string | null, (text: string) => void] {
  const [said, set] = useState<{ text: string } | null>(null);
  useEffect(() => {
    if (said === null) return;
    const timer = setTimeout(() => set(null), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  return [said?.text ?? null, useCallback((text: string) => set({ text }), [])];
}

/** A gate with somebody at it. */
export function Staffed({
  event,
  gate,
  choices,
  change,
  startKiosk,
  fromKiosk,
  own,
  leave,
}: {
  event: string;
  gate: string;
  choices: GateChoices;
  change(some: Partial<GateChoices>): void;
  startKiosk(): void;
  /** Whether a kiosk was left for this just now. */
  fromKiosk: boolean;
  /** Whether this machine is this gate and nothing else. */
  own: boolean;
  /** Back to the choice of event and gate. */
  leave(): void;
}) {
  const { t, language } = useSpeech();
  const refusal = useRefusal();
  const speech = useDoorSpeech(language);
  const open = useGate(event, gate, choices, staffed);
  const { door, presenting, state, sounds, direction, ahead } = open;
  const { now, turn, asides, last } = state;
  const [above, setAbove] = useState<Above | null>(null);
  const [said, say] = useSaying();
  const moment = useMoment(5_000) + ahead;
  const zone = door?.event.time_zone ?? "Etc/UTC";
  const close = useCallback(() => setAbove(null), []);
  const busy = above !== null && TYPED_INTO.includes(above.kind);

  const present = useCallback(
    (code: string) => {
      setAbove(null);
      void presenting.present(code);
    },
    [presenting],
  );
  useTyped(present, choices);
  const camera = useCamera(choices, present, busy);
  const hearing = useSerial(choices.serial, present, busy);
  const lost = hearing === "lost" || hearing === "busy" ? t(`gate.serial.${hearing}`) : null;

  const shown = now.kind === "shown" ? now.shown : null;
  const face = useDoorPhoto(event, gate, shown);
  const canForce = shown !== null && shown.verdict === "refused" && shown.ticket !== null;
  const answered = now.kind === "shown" || now.kind === "several" ? now.answered : null;
  const others = shown !== null && shown.party !== null && shown.verdict === "admitted" ? shown.party.members - shown.party.inside : 0;
  const undoable = useMemo((): readonly string[] => {
    const isOpen = ({ undo_until: until }: { undo_until: number | null }) => until !== null && until > moment;
    const scansOf = (items: readonly Shown[]) => items.filter(isOpen).map(({ scan }) => scan);
    if (now.kind === "shown" && isOpen(now.shown)) return [now.shown.scan];
    const seen = now.kind === "several" ? scansOf(now.items) : [];
    if (seen.length > 0) return seen;
    const newest = door?.recent.find(isOpen)?.scan;
    if (newest === undefined) return [];
    // Those who were let in together are taken back together, for as long as nobody came after them.
    const together = scansOf(last);
    return together.includes(newest) ? together : [newest];
  }, [now, last, door, moment]);

  // The same undo asked for twice is one.
  const undoNonces = useRef(new Map<string, string>());
  const nonceOf = (scan: string) => {
    const nonce = undoNonces.current.get(scan) ?? newNonce();
    undoNonces.current.set(scan, nonce);
    return nonce;
  };
  const complain = (error: unknown) =>
    say(
      error instanceof Problem && error.status !== 0
        ? refusal({ code: error.code, message: error.message })
        : t("gate.undoUnknown"),
    );
  /** Undoes one scan after the other; `undone` is added to, so that what was done is known where one fails. */
  const undoEach = async (scans: readonly string[], undone: Shown[], pin?: string) => {
    for (const scan of scans) {
      undone.push(await undoScan(event, scan, { gate, nonce: nonceOf(scan), ...(pin !== undefined && { pin }) }));
    }
    setAbove(null);
    presenting.showAll(undone);
  };
  const undo = async (scans: readonly string[]) => {
    const undone: Shown[] = [];
    try {
      await undoEach(scans, undone);
    } catch (error) {
      if (undone.length > 0) presenting.showAll(undone);
      if (isProblem(error, "undo_too_late")) setAbove({ kind: "undo", scans: scans.slice(undone.length), undone });
      else complain(error);
    }
  };
  const fill = () => void platform().fillScreen(document.fullscreenElement === null);
  const mute = () => {
    change({ muted: !choices.muted });
    say(t(choices.muted ? "gate.soundOn" : "gate.soundOff"));
  };
  const { turnRound: turned } = open;
  const turnRound = () => {
    turned?.();
    say(t(direction === "entry" ? "gate.exitNow" : "gate.entryNow"));
  };
  const unguarded = fromKiosk && door?.pin_set === false;
  useEffect(() => {
    if (unguarded) say(t("gate.kioskNoPin"));
  }, [unguarded, say, t]);
  const badges = useBadges({ event, gate, printer: choices.printer, door, state, say });
  const printBadge = () => {
    if (badges.next === null) say(t("gate.badge.nothing"));
    else void badges.print(badges.next);
  };
  const reprint = (line: Line) => {
    const came = arrivalAt(line);
    if (came !== null) void badges.print(came);
  };
  const force = () => {
    if (canForce) setAbove({ kind: "force", shown });
    else say(t("gate.nothingToOverride"));
  };
  const admit = (tickets: string[], asked: boolean) => {
    void presenting.byHand(
      { gate, tickets, direction, answered: asked },
      (body, signal) => admitTickets(event, body, signal),
      (open) => admit(open.flatMap(({ ticket }) => ticket ?? []), true),
    );
  };
  const undoLast = () => {
    if (undoable.length === 0) say(t("gate.nothingToUndo"));
    else void undo(undoable);
  };
  // Whoever started the program by hand ends it there.
  const stop = platform().kind === "desktop" ? () => setAbove({ kind: "stop" }) : null;
  const openParty = () => {
    if (shown !== null && shown.ticket !== null) setAbove({ kind: "search", party: shown.ticket });
  };
  const goOn = () => {
    if (answered !== null) answered();
    else if (now.kind === "undecided" && now.again !== null) now.again();
    else presenting.clear();
  };

  const walkIns = door?.walk_ins ?? false;
  const tools: Tool[] = [
    { sign: "search", word: t("gate.search"), key: "F2", run: () => setAbove({ kind: "search", party: null }) },
    ...(walkIns ? [{ sign: "walkIn", word: t("gate.walkIn"), key: "F3", run: () => setAbove({ kind: "walk-in" }) } as const] : []),
    {
      sign: "undo",
      word: undoable.length > 1 ? t("gate.undoAll", { count: undoable.length }) : t("gate.undoLast"),
      key: "F4",
      run: undoLast,
      disabled: undoable.length === 0,
    },
    ...(badges.on
      ? [{ sign: "badge", word: t("gate.badge.print"), key: "F5", run: printBadge, disabled: badges.next === null } as const]
      : []),
    ...(turned !== null
      ? [
          {
            sign: direction,
            word: t(direction === "entry" ? "gate.entry" : "gate.exit"),
            key: "F6",
            run: turnRound,
            pressed: direction === "exit",
          } as const,
        ]
      : []),
    { sign: choices.muted ? "muted" : "sound", word: t("gate.mute"), key: "F7", run: mute, pressed: choices.muted },
    { sign: "supervisor", word: t("gate.override"), key: "F8", run: force, disabled: !canForce },
    { sign: "recent", word: t("gate.recent"), key: "F9", run: () => setAbove({ kind: "recent" }) },
    { sign: "settings", word: t("gate.settings"), key: "F10", run: () => setAbove({ kind: "settings" }) },
    { sign: "fill", word: t("gate.fill"), key: "F11", run: fill },
    { sign: "keys", word: t("gate.keys"), key: "?", run: () => setAbove({ kind: "keys" }) },
  ];
  useGateKeys(tools, above === null, { goOn, clear: () => presenting.clear() });

  const acts = (
    <>
      {answered !== null && (
        <button type="button" onClick={answered}>
          {t("gate.answered")} <kbd>↵</kbd>
        </button>
      )}
      {now.kind === "undecided" && now.again !== null && (
        <button type="button" onClick={now.again}>
          {t("tryAgain")} <kbd>↵</kbd>
        </button>
      )}
      {canForce && (
        <button type="button" onClick={force}>
          {t("gate.override")} <kbd>F8</kbd>
        </button>
      )}
      {badges.on && shown?.badge === true && (
        <button type="button" onClick={printBadge}>
          {t(`gate.badge.this_${badges.kind}`)} <kbd>F5</kbd>
        </button>
      )}
      {others > 0 && (
        <button type="button" onClick={openParty}>
          {t("gate.partyMore", { count: others })}
        </button>
      )}
      {shown !== null && shown.undo_until !== null && shown.undo_until > moment && (
        <button type="button" onClick={() => void undo([shown.scan])}>
          {t("gate.undo")} <kbd>F4</kbd>
        </button>
      )}
      {now.kind === "several" && now.items.some(({ scan }) => undoable.includes(scan)) && (
        <button type="button" onClick={undoLast}>
          {t("gate.undoAll", { count: undoable.length })} <kbd>F4</kbd>
        </button>
      )}
    </>
  );

  const trouble = badges.trouble ?? lost;
  const told = said ?? trouble;
  return (
    <div className={styles.gate} data-hand={choices.hand}>
      <main className={styles.stage} id="main">
        <div className={styles.scene}>
          <Idle open={open} camera={camera} speech={speech} silent={!sounds.ready && !choices.muted} />
          <Verdicts now={now} turn={turn} speech={speech} zone={zone} face={face} acts={acts} clear={() => presenting.clear()} />
          <Asides asides={asides} speech={speech} zone={zone} />
        </div>
        <p className={styles.said} role="status" data-trouble={told !== null && told === trouble ? "" : undefined}>
          {told}
        </p>
      </main>
      <Tools tools={tools} />
      <Foot open={open} openRecent={() => setAbove({ kind: "recent" })} openPeers={() => setAbove({ kind: "peers" })} />
      {above?.kind === "search" && (
        <Search
          event={event}
          side={choices.hand}
          party={above.party}
          exits={direction === "exit"}
          admit={(tickets) => admit(tickets, false)}
          close={close}
        />
      )}
      {above?.kind === "walk-in" && (
        <WalkIn
          types={door?.ticket_types ?? NO_TYPES}
          questions={door?.questions ?? NO_TYPES}
          left={door?.walk_ins_left ?? null}
          admit={(name, type, asked) => {
            const body = { gate, name, ticket_type: type, answered: asked };
            void presenting.byHand(body, (whole, signal) => admitWalkIn(event, whole, signal));
          }}
          close={close}
        />
      )}
      {above?.kind === "recent" && (
        <Recent
          lines={door?.recent ?? NO_LINES}
          speech={speech}
          zone={zone}
          now={moment}
          side={choices.hand}
          undo={({ scan }) => void undo([scan])}
          print={badges.on ? reprint : null}
          close={close}
        />
      )}
      {above?.kind === "peers" && door?.peers && <Peers peers={door.peers} zone={zone} side={choices.hand} close={close} />}
      {above?.kind === "settings" && (
        <SettingsSheet
          choices={choices}
          change={change}
          camera={camera}
          sounds={sounds}
          prints={badges.on}
          pinSet={door?.pin_set ?? false}
          startKiosk={startKiosk}
          spare={(door?.spare_places ?? 0) > 0 ? () => setAbove({ kind: "spare" }) : null}
          leaveWord={t(own ? "gate.stopGate" : "gate.changeGate")}
          leave={own ? stop : leave}
          close={close}
        />
      )}
      {above?.kind === "stop" && <LeaveOwnGate pinSet={door?.pin_set ?? true} close={close} />}
      {above?.kind === "spare" && <SpareGate event={event} left={door?.spare_places ?? 0} close={close} />}
      {above?.kind === "keys" && <KeysSheet has={(wanted) => tools.some(({ key }) => key === wanted)} close={close} />}
      {above?.kind === "force" && (
        <Pin
          title={t("gate.override")}
          text={t("gate.overrideText", { name: above.shown.name ?? speech.say("unnamed") })}
          action={t("gate.letIn")}
          withReason
          send={async (pin, reason) => {
            const { scan } = above.shown;
            presenting.show(await forceScan(event, scan, { gate, pin, reason, nonce: nonceOf(`${scan} forced`) }));
          }}
          close={close}
        />
      )}
      {above?.kind === "undo" && (
        <Pin
          title={t("gate.undo")}
          text={t("gate.undoPinText")}
          action={t("gate.undo")}
          send={async (pin) => {
            const undone = [...above.undone];
            try {
              await undoEach(above.scans, undone, pin);
            } catch (error) {
              // The next try is of those that are left.
              const left = above.scans.slice(undone.length - above.undone.length);
              setAbove({ kind: "undo", scans: left, undone });
              throw error;
            }
          }}
          close={close}
        />
      )}
    </div>
  );
}

const NO_LINES: readonly Line[] = [];
const NO_TYPES: readonly string[] = [];
