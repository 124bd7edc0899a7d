import type { Standing } from "../keep/types";
import type { View } from "../office/scanner";
import { useSpeech } from "../words";
import { Plain } from "./Plain";

/** A link that makes no scanner, or no more. */
export function LinkOver({ code, onAgain }: { code: string; onAgain: () => void }) {
  const { say } = useSpeech();
  const why = code === "token_expired" ? "expired" : code === "token_used" ? "used" : "invalid";
  return (
    <Plain tone="bad" head={say(`end.${why}.head`)} why={say(`end.${why}.why`)} todo={say(`end.${why}.do`)}>
      <button className="button" type="button" onClick={onAgain}>
        {say("camera.again")}
      </button>
    </Plain>
  );
}

const WHY = { revoked: "revoked", replaced: "replaced", expired: "over" } as const;

/** A scanner that may scan no more: what went, what stays, and what can be done. */
export function Ended({
  standing,
  view,
  onAgain,
  onSend,
  onSave,
  onForget,
}: {
  standing: Exclude<Standing, "active">;
  view: View;
  /** Opens the link again: takes it back from another device, or asks whether it holds after all. */
  onAgain: () => void;
  onSend: () => void;
  onSave: () => void;
  onForget: () => void;
}) {
  const { say, sayCount } = useSpeech();
  const why = WHY[standing];
  const { waiting, untaken, busy } = view;
  return (
    <Plain tone="bad" head={say(`end.${why}.head`)} why={say(`end.${why}.why`)} todo={say(`end.${why}.do`)}>
      <p className={waiting > 0 ? "trouble" : "quiet"} role="status">
        {waiting > 0 ? sayCount("end.waiting", waiting) : say("end.sent")}
      </p>
      {waiting > 0 && untaken !== null && <p className="quiet">{say("end.untaken", { why: untaken })}</p>}
      <div className="stack">
        {standing !== "revoked" && (
          <button className="button primary" type="button" onClick={onAgain}>
            {say("end.replaced.go")}
          </button>
        )}
        {waiting > 0 && (
          <button className={standing === "revoked" ? "button primary" : "button"} type="button" disabled={busy} onClick={onSend}>
            {busy ? say("more.syncing") : say("end.send")}
          </button>
        )}
        {waiting > 0 && (
          <button className="button" type="button" onClick={onSave}>
            {say("end.save")}
          </button>
        )}
        {waiting === 0 && (
          <button className="button" type="button" onClick={onForget}>
            {say("end.forget")}
          </button>
        )}
      </div>
    </Plain>
  );
}
