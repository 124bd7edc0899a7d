/** Whether a camera of this machine shows a gate anything. */

export type CameraFinding = "ok" | "dark" | "refused" | "none" | "busy" | "insecure";

/** Below this mean brightness, of 255, codes on paper are hard to read. */
const DARK = 40;

/** Mean brightness of RGBA pixels, 0 to 255 (ITU-R BT.601). */
export function brightness(pixels: ArrayLike<number>): number {
  let sum = 0;
  const count = Math.floor(pixels.length / 4);
  for (let at = 0; at < count * 4; at += 4) {
    sum += 0.299 * (pixels[at] ?? 0) + 0.587 * (pixels[at + 1] ?? 0) + 0.114 * (pixels[at + 2] ?? 0);
  }
  return count === 0 ? 0 : sum / count;
}

export const findingOf = (mean: number): CameraFinding => (mean < DARK ? "dark" : "ok");

/** What a browser's refusal to open a camera says. */
export function refusalFinding(error: unknown): CameraFinding {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return "refused";
  return name === "NotReadableError" || name === "AbortError" ? "busy" : "none";
}

/** Cameras need a moment before their picture is as bright as it gets. */
const SETTLE_MS = 900;

const WIDTH = 160;

/** Opens the camera for a moment and looks how bright its picture is. */
export async function tryCamera(): Promise<{ finding: CameraFinding; name: string | null }> {
  const devices = navigator.mediaDevices as MediaDevices | undefined;
  if (!window.isSecureContext || devices === undefined) return { finding: "insecure", name: null };
  let stream: MediaStream;
  try {
    stream = await devices.getUserMedia({ video: { facingMode: "environment" } });
  } catch (error) {
    return { finding: refusalFinding(error), name: null };
  }
  try {
    const name = stream.getVideoTracks()[0]?.label || null;
    const video = document.createElement("video");
    video.muted = true;
    video.srcObject = stream;
    await video.play();
    await new Promise((resolve) => setTimeout(resolve, SETTLE_MS));
    const canvas = document.createElement("canvas");
    canvas.width = WIDTH;
    canvas.height = Math.max(1, Math.round((WIDTH * video.videoHeight) / Math.max(1, video.videoWidth)));
    const sheet = canvas.getContext("2d", { willReadFrequently: true });
    if (sheet === null) return { finding: "busy", name };
    sheet.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data } = sheet.getImageData(0, 0, canvas.width, canvas.height);
    return { finding: findingOf(brightness(data)), name };
  } catch {
    return { finding: "busy", name: null };
  } finally {
    for (const track of stream.getTracks()) track.stop();
  }
}
