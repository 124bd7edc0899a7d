import type { Notice } from "../keep/types";
import type { View } from "../office/scanner";
import { type Speech, useSpeech } from "../words";

function noticeText({ number, status, message, originalScanTime, originalScanner }: Notice, zone: string, { say, when }: Speech): string {
  const n = number ?? "?";
  if (status !== "DUPLICATE") return say("notice.other", { n, message });
  const at = originalScanTime === null ? Number.NaN : Date.parse(originalScanTime);
  if (Number.isNaN(at)) return say("notice.twice.plain", { n });
  return say("notice.twice", { n, where: originalScanner ?? say("notice.place"), time: when(zone, at) });
}

/** The one thing that matters most beside the camera, and what the office told later. */
export function Notes({
  view,
  cached,
  silent,
  onDismiss,
}: {
  view: View;
  cached: boolean;
  /** Whether the browser lets nothing be heard yet. */
  silent: boolean;
  onDismiss: () => void;
}) {
  const speech = useSpeech();
  const { say } = speech;
  const { leave, online, unknown, writable, shut, notices, device } = view;
  const zone = device.event.timeZone;
  return (
    <div className="notes">
      {!writable && (
        <p className="note bad" role="alert">
          {say("unwritable")}
        </p>
      )}
      {shut && (
        <p className="note bad" role="alert">
          {say("shut")}{" "}
          <button className="button small" type="button" onClick={() => location.reload()}>
            {say("shut.go")}
          </button>
        </p>
      )}
      {unknown && (
        <p className="note look" role="alert">
          {say("offline.unknown")}
        </p>
      )}
      {!online && leave.is === "over" && (
        <p className="note bad" role="alert">
          {say("offline.over")}
        </p>
      )}
      {!online && leave.is === "short" && (
        <p className="note look" role="alert">
          {say("offline.short", { minutes: leave.minutes })}
        </p>
      )}
      {!online && leave.is === "not_allowed" && (
        <p className="note bad" role="alert">
          {say("offline.notAllowed")}
        </p>
      )}
      {!online && !unknown && leave.is === "enough" && (
        <p className="note" role="status">
          {say("offline.alone")}
        </p>
      )}
      {view.beyond && (
        <p className="note look" role="status">
          {say("beyond")}
        </p>
      )}
      {silent && (
        <p className="note" role="status">
          {say("touch")}
        </p>
      )}
      {!cached && (
        <p className="note look" role="status">
          {say("uncached")}
        </p>
      )}
      {notices.length > 0 && (
        <section className="note look" role="alert" aria-label={say("notice.head")}>
          <strong>{say("notice.head")}</strong>
          <ul>
            {notices.slice(0, 3).map((notice) => (
              <li key={notice.nonce}>{noticeText(notice, zone, speech)}</li>
            ))}
          </ul>
          <button className="button small" type="button" onClick={onDismiss}>
            {say("notice.dismiss")}
          </button>
        </section>
      )}
    </div>
  );
}
