import { useEffect, useRef, useState } from "react";
import { type CameraState, openCamera, stateOf, Watch } from "../camera/camera";
import { useSpeech } from "../words";
import type { FirstCamera } from "./Start";

type Trouble = Exclude<CameraState, "opening" | "ok">;

/** The camera's picture, or why there is none; tells what comes into view. */
export function Camera({
  first,
  light,
  onCodes,
  onTorch,
}: {
  first: FirstCamera | null;
  light: boolean;
  onCodes: (codes: string[]) => void;
  /** Whether there is a light to switch. */
  onTorch: (there: boolean) => void;
}) {
  const { say } = useSpeech();
  const video = useRef<HTMLVideoElement>(null);
  const watch = useRef<Watch | null>(null);
  const given = useRef(first);
  const codes = useRef(onCodes);
  const torch = useRef(onTorch);
  codes.current = onCodes;
  torch.current = onTorch;
  const [state, setState] = useState<CameraState>("opening");
  const [attempt, setAttempt] = useState(0);
  const [failed, setFailed] = useState(0);

  useEffect(() => {
    let over = false;
    const fail = (why: CameraState) => {
      setState(why);
      setFailed((n) => n + 1);
    };
    const take = async () => {
      const known = given.current;
      given.current = null;
      if (typeof known === "string") return fail(known);
      const stream = known ?? (await openCamera().catch(stateOf));
      if (typeof stream === "string") {
        if (!over) fail(stream);
        return;
      }
      if (over || video.current === null) {
        for (const track of stream.getTracks()) track.stop();
        return;
      }
      const sight = (now: "ok" | "black" | "lost") => {
        if (now !== "lost") return setState(now);
        torch.current(false);
        fail(now);
      };
      watch.current = new Watch(video.current, stream, (found) => codes.current(found), sight);
      torch.current(watch.current.hasTorch);
      setState("ok");
    };
    void take();
    return () => {
      over = true;
      watch.current?.stop();
      watch.current = null;
    };
  }, [attempt]);

  // A camera that stopped by itself often comes back by itself: a call ended, a plug found its socket.
  useEffect(() => {
    if (state !== "lost" && state !== "busy" && state !== "missing") return;
    let asked = false;
    // Once only: a second try would break off the first.
    const retry = () => {
      if (!asked) setAttempt((n) => n + 1);
      asked = true;
    };
    const again = setTimeout(retry, 3_000);
    const { mediaDevices } = navigator as { mediaDevices?: MediaDevices };
    mediaDevices?.addEventListener?.("devicechange", retry);
    return () => {
      clearTimeout(again);
      mediaDevices?.removeEventListener?.("devicechange", retry);
    };
  }, [state, failed]);

  const seesNothing = state === "black";
  const isOpen = state === "ok" || seesNothing;
  useEffect(() => {
    if (isOpen) void watch.current?.light(light).catch(() => undefined);
  }, [light, isOpen]);

  const troubled = state !== "ok" && state !== "opening";
  return (
    <div className="camera" data-state={state}>
      <video ref={video} muted playsInline autoPlay aria-hidden="true" tabIndex={-1} />
      {state === "ok" && (
        <>
          <span className="frame" aria-hidden="true" />
          <p className="hint">{say("camera.hint")}</p>
        </>
      )}
      {state === "opening" && <p className="hint">{say("camera.opening")}</p>}
      {troubled && (
        <div className="camera-trouble" role="alert">
          <h2>{say(`camera.${state as Trouble}.head`)}</h2>
          <p>{say(`camera.${state as Trouble}.do`)}</p>
          {!seesNothing && (
            <button
              className="button"
              type="button"
              onClick={() => {
                setState("opening");
                setAttempt((n) => n + 1);
              }}
            >
              {say("camera.again")}
            </button>
          )}
        </div>
      )}
    </div>
  );
}
