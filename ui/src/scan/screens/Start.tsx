import { type FormEvent, useState } from "react";
import { openCamera, stateOf, type CameraState } from "../camera/camera";
import { Away, isEnd, type Peek, Refused } from "../office/office";
import { register } from "../office/registering";
import type { Scanner } from "../office/scanner";
import { type Speech, useSpeech } from "../words";
import { Plain } from "./Plain";

/** The camera as it was when scanning began: open, or why not. */
export type FirstCamera = MediaStream | CameraState;

function troubleOf(error: unknown, { say }: Speech): string {
  if (error instanceof Away) return say("start.away");
  if (error instanceof Refused) return say("start.refused", { why: error.message });
  return say("start.storage");
}

/** What the link is for; a press asks for the camera and makes this phone a scanner. */
export function Start({
  token,
  peek,
  onBegun,
  onEnd,
}: {
  token: string;
  peek: Peek | null;
  onBegun: (scanner: Scanner, camera: FirstCamera) => void;
  /** The link is over, by its code. */
  onEnd: (code: string) => void;
}) {
  const speech = useSpeech();
  const { say } = speech;
  const [busy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string | null>(null);

  const begin = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name")).trim();
    setBusy(true);
    setTrouble(null);
    // Asked for first, since browsers want a press for it.
    const camera = await openCamera().catch(stateOf);
    try {
      onBegun(await register(token, name), camera);
    } catch (error) {
      if (camera instanceof MediaStream) for (const track of camera.getTracks()) track.stop();
      setBusy(false);
      if (error instanceof Refused && isEnd(error.code)) onEnd(error.code);
      else setTrouble(troubleOf(error, speech));
    }
  };

  return (
    <Plain head={say("start.head")} why={say("start.why")}>
      <form className="stack" onSubmit={(event) => void begin(event)}>
        {peek?.eventTitle && (
          <dl className="fact">
            <dt>{say("start.event")}</dt>
            <dd dir="auto">{peek.eventTitle}</dd>
          </dl>
        )}
        <label>
          {say("start.name")}
          <input
            name="name"
            maxLength={80}
            autoComplete="off"
            defaultValue={peek?.scannerName ?? ""}
            placeholder={say("start.name.default")}
            aria-describedby="name-help"
          />
        </label>
        <p className="quiet" id="name-help">
          {say("start.name.help")}
        </p>
        {trouble !== null && (
          <p className="trouble" role="alert">
            {trouble}
          </p>
        )}
        <button className="button primary" type="submit" disabled={busy}>
          {busy ? say("start.going") : say("start.go")}
        </button>
        <p className="quiet">{say("start.camera")}</p>
      </form>
    </Plain>
  );
}
