import { type FormEvent, useState } from "react";
import { isCode, toneOf, VerdictShape } from "../../shared/verdict";
import type { Direction } from "../judge/passage";
import type { Line } from "../keep/types";
import type { View } from "../office/scanner";
import { chooseLanguage, LANGUAGES, useSpeech } from "../words";
import { TrustSteps } from "./Insecure";
import { ownName } from "./ownName";
import { Sheet } from "./Sheet";

/** A code that the camera can't read, by hand. */
export function TypeSheet({ onClose, onCode }: { onClose: () => void; onCode: (code: string) => void }) {
  const { say } = useSpeech();
  const check = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const code = String(new FormData(event.currentTarget).get("code")).trim();
    if (code === "") return;
    onClose();
    onCode(code);
  };
  return (
    <Sheet head={say("type.head")} onClose={onClose}>
      <form className="stack" onSubmit={check}>
        <label>
          {say("type.label")}
          <textarea name="code" rows={4} autoCapitalize="off" autoComplete="off" spellCheck={false} required autoFocus />
        </label>
        <button className="button primary" type="submit">
          {say("type.go")}
        </button>
      </form>
    </Sheet>
  );
}

function LineRow({ line, zone }: { line: Line; zone: string }) {
  const { say, door, when } = useSpeech();
  const verdict = line.verdict as "admitted" | "exited" | "refused" | "undone";
  const tone = toneOf({ verdict, attention: line.attention });
  const said = isCode(line.code) ? door.say(`head.${line.code}`) : door.say("head.unknown");
  return (
    <li className="line" data-tone={tone}>
      <VerdictShape tone={tone} />
      <span className="line-who">
        <strong dir="auto">{line.name ?? (line.number === null ? say("line.nobody") : door.say("unnamed"))}</strong>
        <span>
          {[said, line.number === null ? null : say("line", { n: line.number }), line.ticketType]
            .filter((part) => part !== null)
            .join(" · ")}
        </span>
      </span>
      <time>{when(zone, line.at)}</time>
    </li>
  );
}

/** The last scans of this phone, the newest first. */
export function LastSheet({ view, onClose }: { view: View; onClose: () => void }) {
  const { say } = useSpeech();
  const zone = view.device.event.timeZone;
  return (
    <Sheet head={say("last")} onClose={onClose}>
      {view.lines.length === 0 ? (
        <p className="quiet">{say("last.none")}</p>
      ) : (
        <ul className="lines" tabIndex={0} aria-label={say("last")}>
          {view.lines.map((line) => (
            <LineRow key={line.scan} line={line} zone={zone} />
          ))}
        </ul>
      )}
    </Sheet>
  );
}

const DIRECTIONS: readonly Direction[] = ["entry", "exit"];

/** What there is to know and to set: what waits, which way, which language. */
export function MoreSheet({
  view,
  sound,
  cached,
  onClose,
  onSync,
  onTurn,
  onSound,
  onLanguage,
  onForget,
}: {
  view: View;
  sound: boolean;
  /** Whether the page opens without a network. */
  cached: boolean;
  onClose: () => void;
  onSync: () => void;
  onTurn: (direction: Direction) => void;
  onSound: (on: boolean) => void;
  onLanguage: (language: string) => void;
  onForget: () => void;
}) {
  const { say, sayCount, when, language } = useSpeech();
  const [sure, setSure] = useState(false);
  const { device, waiting, busy, online } = view;
  const zone = device.event.timeZone;
  const isInstalled = matchMedia("(display-mode: standalone)").matches;
  return (
    <Sheet head={device.deviceName} onClose={onClose}>
      <div className="stack">
        <p className="state-line">
          <span className="dot" data-online={online} aria-hidden="true" />
          {say(online ? "state.online" : "state.offline")}
          {" · "}
          {waiting > 0 ? sayCount("state.waiting", waiting) : say("more.nowait")}
        </p>
        <p className="quiet">{say("more.synced", { time: when(zone, device.heardAt) })}</p>
        <button className="button primary" type="button" disabled={busy} onClick={onSync}>
          {busy ? say("more.syncing") : say("more.sync")}
        </button>
        {device.settings.mayTurn && (
          <fieldset className="choice">
            <legend>{say("more.direction")}</legend>
            {DIRECTIONS.map((direction) => (
              <label key={direction}>
                <input
                  type="radio"
                  name="direction"
                  checked={view.direction === direction}
                  onChange={() => onTurn(direction)}
                />
                {say(`direction.${direction}`)}
              </label>
            ))}
          </fieldset>
        )}
        <label className="switch">
          <input type="checkbox" checked={sound} onChange={({ target }) => onSound(target.checked)} />
          {say("more.sound")}
        </label>
        <label>
          {say("more.language")}
          <select
            value={language}
            onChange={({ target }) => {
              chooseLanguage(target.value);
              onLanguage(target.value);
            }}
          >
            {LANGUAGES.map((tag) => (
              <option key={tag} value={tag} lang={tag}>
                {ownName(tag)}
              </option>
            ))}
          </select>
        </label>
        {!cached && <TrustSteps />}
        {cached && !isInstalled && <p className="quiet">{say("more.install")}</p>}
        {waiting > 0 ? (
          <p className="quiet">{say("more.forget.waiting")}</p>
        ) : sure ? (
          <p className="sure">
            <span>{say("more.forget.sure")}</span>
            <button className="button bad" type="button" onClick={onForget}>
              {say("more.forget.yes")}
            </button>
          </p>
        ) : (
          <button className="button" type="button" onClick={() => setSure(true)}>
            {say("more.forget")}
          </button>
        )}
      </div>
    </Sheet>
  );
}
