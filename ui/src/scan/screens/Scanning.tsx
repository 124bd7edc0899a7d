import { type ReactNode, useCallback, useEffect, useMemo, useState, useSyncExternalStore } from "react";
import { Sounds, UndecidedScreen, VerdictScreen } from "../../shared/verdict";
import type { Scanner } from "../office/scanner";
import { useSpeech } from "../words";
import { Camera } from "./Camera";
import { Notes } from "./Notes";
import { SeveralScreen } from "./SeveralScreen";
import { LastSheet, MoreSheet, TypeSheet } from "./sheets";
import type { FirstCamera } from "./Start";
import { useAwake } from "./useAwake";
import { type Item, passes, type Showing, shownWith, toneOfAll, Turns } from "./verdicts";

/** How long a welcome stands; a refusal stands until the next code or a touch. */
const STANDS_MS = 2_500;

type Open = "type" | "last" | "more" | null;

const sounds = new Sounds();

/** The scanner at work: what the camera sees, what is decided, what the office knows. */
export function Scanning({
  scanner,
  first,
  cached,
  onLanguage,
  onForget,
}: {
  scanner: Scanner;
  first: FirstCamera | null;
  cached: boolean;
  onLanguage: (language: string) => void;
  onForget: () => void;
}) {
  const { say, sayCount } = useSpeech();
  const view = useSyncExternalStore(scanner.subscribe, scanner.view);
  const [showing, setShowing] = useState<Showing | null>(null);
  const [open, setOpen] = useState<Open>(null);
  const [torch, setTorch] = useState(false);
  const [light, setLight] = useState(false);
  const [sound, setSound] = useState(true);
  const [deciding, setDeciding] = useState(0);
  // A page that was opened anew makes no sound before somebody touches it.
  const [touched, setTouched] = useState(() => navigator.userActivation?.hasBeenActive ?? true);
  useAwake();

  useEffect(() => scanner.start(), [scanner]);
  useEffect(() => {
    const unlock = () => {
      sounds.unlock();
      setTouched(true);
    };
    document.addEventListener("pointerdown", unlock);
    document.addEventListener("keydown", unlock);
    return () => {
      document.removeEventListener("pointerdown", unlock);
      document.removeEventListener("keydown", unlock);
    };
  }, []);
  useEffect(() => sounds.mute(!sound), [sound]);

  const show = useCallback((items: readonly Item[]) => {
    setShowing((before) => shownWith(before, items, performance.now()));
    sounds.play(toneOfAll(items));
  }, []);

  const turns = useMemo(() => new Turns(scanner, show), [scanner, show]);
  const present = useCallback(
    async (codes: readonly string[], answered = false) => {
      setDeciding((n) => n + 1);
      await turns.present(codes, answered);
      setDeciding((n) => n - 1);
    },
    [turns],
  );

  const allPass = showing !== null && showing.items.every(passes);
  useEffect(() => {
    if (!allPass) return;
    const gone = setTimeout(() => setShowing(null), STANDS_MS);
    return () => clearTimeout(gone);
  }, [allPass, showing]);
  useEffect(() => {
    if (showing === null) return;
    const key = ({ key: name }: KeyboardEvent) => {
      if (name === "Escape") setShowing(null);
    };
    document.addEventListener("keydown", key);
    return () => document.removeEventListener("keydown", key);
  }, [showing]);

  const { device, direction, online, waiting, counts } = view;
  const zone = device.event.timeZone;
  return (
    <div className="scan" data-direction={direction}>
      <header className="bar">
        <div className="bar-what">
          <h1 dir="auto">{device.event.title}</h1>
          <p dir="auto">
            {device.deviceName} · {say(`direction.${direction}`)}
          </p>
        </div>
        <p className="state" data-online={online} role="status">
          <span className="dot" data-online={online} aria-hidden="true" />
          <span>
            {say(online ? "state.online" : "state.offline")}
            {waiting > 0 && <strong>{sayCount("state.waiting", waiting)}</strong>}
          </span>
        </p>
      </header>
      <main className="view">
        <Camera first={first} light={light} onCodes={(codes) => void present(codes)} onTorch={setTorch} />
        <Notes view={view} cached={cached} silent={sound && !touched} onDismiss={() => void scanner.dismissNotices()} />
        {deciding > 0 && showing === null && (
          <p className="deciding" role="status">
            {say("deciding")}
          </p>
        )}
      </main>
      <footer className="foot">
        <p className="counts">
          {counts === null ? say("counts.unknown") : say("counts", { came: counts.came, expected: counts.expected })}
        </p>
        <nav className="keys">
          {torch && (
            <button className="button" type="button" aria-pressed={light} onClick={() => setLight(!light)}>
              {say("torch")}
            </button>
          )}
          <button className="button" type="button" onClick={() => setOpen("type")}>
            {say("type")}
          </button>
          <button className="button" type="button" onClick={() => setOpen("last")}>
            {say("last")}
          </button>
          <button className="button" type="button" onClick={() => setOpen("more")}>
            {say("more")}
          </button>
        </nav>
      </footer>
      {showing !== null && (
        <div className="verdict" data-stays={allPass ? undefined : ""} onClick={() => setShowing(null)}>
          <Verdict items={showing.items} zone={zone}>
            {!allPass && (
              <p className="verdict-foot">
                {openOf(showing.items).length > 0 && (
                  <button
                    className="verdict-key strong"
                    type="button"
                    onClick={(event) => {
                      event.stopPropagation();
                      setShowing(null);
                      void present(openOf(showing.items), true);
                    }}
                  >
                    {say("verdict.asked")}
                  </button>
                )}
                <Further label={say("verdict.on")} onFurther={() => setShowing(null)} />
              </p>
            )}
          </Verdict>
        </div>
      )}
      {open === "type" && <TypeSheet onClose={() => setOpen(null)} onCode={(code) => void present([code])} />}
      {open === "last" && <LastSheet view={view} onClose={() => setOpen(null)} />}
      {open === "more" && (
        <MoreSheet
          view={view}
          sound={sound}
          cached={cached}
          onClose={() => setOpen(null)}
          onSync={() => void scanner.sync()}
          onTurn={(way) => scanner.turn(way)}
          onSound={setSound}
          onLanguage={onLanguage}
          onForget={onForget}
        />
      )}
    </div>
  );
}

/** The codes whose questions staff may answer. */
const openOf = (items: readonly Item[]): string[] =>
  items.filter(({ shown }) => shown?.code === "questions_open").map(({ code }) => code);

function Verdict({ items, zone, children }: { items: readonly Item[]; zone: string; children: ReactNode }) {
  const { door } = useSpeech();
  const [only] = items;
  if (items.length !== 1 || only === undefined) {
    return (
      <SeveralScreen items={items} zone={zone}>
        {children}
      </SeveralScreen>
    );
  }
  if (only.shown === null) return <UndecidedScreen speech={door}>{children}</UndecidedScreen>;
  return (
    <VerdictScreen shown={only.shown} speech={door} zone={zone}>
      {children}
    </VerdictScreen>
  );
}

function Further({ label, onFurther }: { label: string; onFurther: () => void }) {
  return (
    <button className="verdict-key" type="button" onClick={onFurther}>
      {label}
    </button>
  );
}
