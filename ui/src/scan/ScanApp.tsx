import { useCallback, useEffect, useState, useSyncExternalStore } from "react";
import { knownLinks, type Link, tokenOf } from "./keep/links";
import { Away, isEnd, office, type Peek, Refused } from "./office/office";
import { Scanner } from "./office/scanner";
import { Ended, LinkOver } from "./screens/Ended";
import { Insecure, TooOld } from "./screens/Insecure";
import { Links } from "./screens/Links";
import { Scanning } from "./screens/Scanning";
import { type FirstCamera, Start } from "./screens/Start";
import { type Speech, SpeechContext, speechIn } from "./words";

/** Where the page stands. */
type Place =
  | { at: "opening" }
  | { at: "links"; links: Link[] }
  | { at: "start"; token: string; peek: Peek | null }
  | { at: "over"; token: string; code: string }
  | { at: "scanning"; token: string; scanner: Scanner; camera: FirstCamera | null };

/** Whether the browser has what it takes to keep scans and to read codes. */
const isAble = () => "indexedDB" in globalThis && "WebAssembly" in globalThis && "DecompressionStream" in globalThis;

async function placeOf(token: string | null): Promise<Place> {
  if (token === null) {
    const links = await knownLinks();
    const [only, ...more] = links;
    if (only === undefined || more.length > 0) return { at: "links", links };
    history.replaceState(null, "", `/scan/${only.token}`);
    return placeOf(only.token);
  }
  const scanner = await Scanner.recall(token);
  if (scanner !== null) return { at: "scanning", token, scanner, camera: null };
  try {
    return { at: "start", token, peek: await office.peek(token) };
  } catch (error) {
    if (error instanceof Refused && isEnd(error.code)) return { at: "over", token, code: error.code };
    if (error instanceof Away || error instanceof Refused) return { at: "start", token, peek: null };
    throw error;
  }
}

export function ScanApp({ first, cached }: { first: Speech; cached: Promise<boolean> }) {
  const [speech, setSpeech] = useState(first);
  const [place, setPlace] = useState<Place>({ at: "opening" });
  const [isCached, setCached] = useState(true);
  useEffect(() => {
    void cached.then(setCached);
  }, [cached]);
  useEffect(() => {
    document.documentElement.lang = speech.language;
    document.title = speech.say("product");
  }, [speech]);

  const go = useCallback((token: string | null) => {
    setPlace({ at: "opening" });
    void placeOf(token).then(setPlace);
  }, []);
  const isUsable = globalThis.isSecureContext && isAble();
  useEffect(() => {
    if (isUsable) go(tokenOf(location.pathname));
  }, [isUsable, go]);

  const openLink = (token: string) => {
    history.pushState(null, "", `/scan/${token}`);
    go(token);
  };
  const begin = (token: string) => setPlace({ at: "start", token, peek: null });

  return (
    <SpeechContext value={speech}>
      {!globalThis.isSecureContext ? (
        <Insecure />
      ) : !isUsable ? (
        <TooOld />
      ) : place.at === "links" ? (
        <Links links={place.links} onOpen={openLink} />
      ) : place.at === "start" ? (
        <Start
          token={place.token}
          peek={place.peek}
          onBegun={(scanner, camera) => setPlace({ at: "scanning", token: place.token, scanner, camera })}
          onEnd={(code) => setPlace({ at: "over", token: place.token, code })}
        />
      ) : place.at === "over" ? (
        <LinkOver code={place.code} onAgain={() => go(place.token)} />
      ) : place.at === "scanning" ? (
        <AtWork
          key={place.scanner.view().device.scannerId}
          scanner={place.scanner}
          camera={place.camera}
          cached={isCached}
          onLanguage={(language) => void speechIn(language).then(setSpeech)}
          onAgain={() => begin(place.token)}
          onForgotten={() => {
            history.replaceState(null, "", "/scan/");
            go(null);
          }}
        />
      ) : null}
    </SpeechContext>
  );
}

/** A scanner for as long as it may scan, and what is left of it afterwards. */
function AtWork({
  scanner,
  camera,
  cached,
  onLanguage,
  onAgain,
  onForgotten,
}: {
  scanner: Scanner;
  camera: FirstCamera | null;
  cached: boolean;
  onLanguage: (language: string) => void;
  onAgain: () => void;
  onForgotten: () => void;
}) {
  const view = useSyncExternalStore(scanner.subscribe, scanner.view);
  const { standing } = view.device;
  const forget = () => void scanner.forget().then(onForgotten);
  // The rest of what it scanned is sent without anybody's doing, too.
  useEffect(() => (standing === "active" ? undefined : scanner.start()), [scanner, standing]);
  if (standing === "active") {
    return <Scanning scanner={scanner} first={camera} cached={cached} onLanguage={onLanguage} onForget={forget} />;
  }
  return (
    <Ended
      standing={standing}
      view={view}
      onAgain={onAgain}
      onSend={() => void scanner.sync()}
      onSave={() => void saveUnsent(scanner)}
      onForget={forget}
    />
  );
}

/** Gives the scans that wait to the person who holds the phone. */
async function saveUnsent(scanner: Scanner): Promise<void> {
  const { scannerId } = scanner.view().device;
  const text = JSON.stringify({ scannerId, scans: await scanner.unsent() }, null, 2);
  const address = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = "scans.json";
  link.click();
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}
