import { EventReader } from "./events";
import type { FileKinds, Platform, SavePlace } from "./types";

/** Shows the browser's own file dialog. */
function choose(kinds: FileKinds, multiple: boolean): Promise<File[]> {
  return new Promise((resolve) => {
    const field = document.createElement("input");
    field.type = "file";
    field.multiple = multiple;
    field.accept = kinds.endings.map((ending) => `.${ending}`).join(",");
    field.addEventListener("change", () => resolve([...(field.files ?? [])]), { once: true });
    field.addEventListener("cancel", () => resolve([]), { once: true });
    field.click();
  });
}

export const pickFiles = (kinds: FileKinds): Promise<File[]> => choose(kinds, true);

export async function pickFile(kinds: FileKinds): Promise<File | null> {
  return (await choose(kinds, false))[0] ?? null;
}

function keep(content: Blob, name: string): void {
  const address = URL.createObjectURL(content);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // The browser reads the address after the click has been handled.
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

/** Browsers say only after the fact where a download went: its name is all there is to choose. */
function download(name: string): SavePlace {
  return {
    kind: "browser",
    write: async (content) => keep(content, name),
  };
}

/** Statuses that a `Response` may not carry a body with. */
export const WITHOUT_BODY = [204, 205, 304];

/** Carried by the older interface: `fetch` says nothing of how much of a body has left. */
function upload(request: Request, file: Blob, sent: (share: number) => void): Promise<Response> {
  return new Promise((resolve, reject) => {
    const { signal } = request;
    const call = new XMLHttpRequest();
    call.open(request.method, request.url);
    for (const [name, value] of request.headers) call.setRequestHeader(name, value);
    call.responseType = "blob";
    call.upload.onprogress = ({ loaded, total }) => sent(total === 0 ? 1 : loaded / total);
    call.onload = () => {
      const headers = new Headers();
      const type = call.getResponseHeader("content-type");
      if (type !== null) headers.set("content-type", type);
      const content = WITHOUT_BODY.includes(call.status) ? null : (call.response as Blob);
      resolve(new Response(content, { status: call.status, headers }));
    };
    call.onerror = () => reject(new TypeError("nobody answered"));
    call.onabort = () => reject(signal.reason as Error);
    signal.addEventListener("abort", () => call.abort(), { once: true });
    if (signal.aborted) reject(signal.reason as Error);
    else call.send(file);
  });
}

/** The PDF that was shown last; its tab may read it again for as long as the page is open. */
let shown: string | null = null;

/** Opens a tab of the browser's own viewer, whose dialog prints. */
function showPdf(file: Blob): boolean {
  if (shown !== null) URL.revokeObjectURL(shown);
  shown = URL.createObjectURL(file);
  return window.open(shown, "_blank") !== null;
}

async function mayNotify(): Promise<boolean> {
  if (!("Notification" in globalThis)) return false;
  if (Notification.permission === "default") {
    return (await Notification.requestPermission()) === "granted";
  }
  return Notification.permission === "granted";
}

let lock: Promise<WakeLockSentinel | null> = Promise.resolve(null);

/** Browsers let go of it when the page is out of sight, and keep nothing awake by `http`. */
async function takeLock(): Promise<WakeLockSentinel | null> {
  const { wakeLock } = navigator as { wakeLock?: WakeLock };
  return (await wakeLock?.request("screen").catch(() => null)) ?? null;
}

const subscribe: Platform["subscribe"] = async (path, authorization, hear, signal) => {
  const headers: Record<string, string> = { accept: "text/event-stream" };
  if (authorization !== null) headers["authorization"] = authorization;
  const answer = await fetch(path, { headers, signal });
  if (!answer.ok || answer.body === null) throw await answer.json().catch(() => new Error(`${answer.status}`));
  const pieces = answer.body.pipeThrough(new TextDecoderStream()).getReader();
  const reader = new EventReader();
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) return;
    for (const event of reader.read(value)) hear(event);
  }
};

async function fillScreen(on: boolean): Promise<boolean> {
  try {
    if (on) await document.documentElement.requestFullscreen({ navigationUI: "hide" });
    else if (document.fullscreenElement !== null) await document.exitFullscreen();
    return true;
  } catch {
    // Only after a touch or a key, and not in every browser.
    return false;
  }
}

/** Keys that would leave a window that fills the screen; only Chromium gives them up. */
async function holdKeys(on: boolean): Promise<void> {
  const { keyboard } = navigator as { keyboard?: { lock?(): Promise<void>; unlock?(): void } };
  if (on) await keyboard?.lock?.().catch(() => undefined);
  else keyboard?.unlock?.();
}

export const browser: Platform = {
  kind: "browser",
  transport: (request) => fetch(request),
  upload,
  pickFile,
  pickFiles,
  savePath: async (name) => download(name),
  saveFile: async (file, name) => keep(await file.blob(), name),
  printers: async () => null,
  printFile: () => Promise.reject(new Error("a browser prints from its own dialog")),
  printBadge: () => Promise.reject(new Error("a browser prints from its own dialog")),
  showPdf,
  restart: async () => false,
  async notify(title, text) {
    if (!(await mayNotify())) return false;
    return new Notification(title, { body: text }) !== null;
  },
  async openGate(event) {
    window.location.assign(`/gate?event=${encodeURIComponent(event)}`);
  },
  async openExternal(address) {
    window.open(address, "_blank", "noopener,noreferrer");
  },
  async stayAwake(on) {
    const before = lock;
    lock = before.then(async (held) => {
      await held?.release();
      return on ? takeLock() : null;
    });
    await lock;
  },
  copyText: (text) => navigator.clipboard.writeText(text),
  subscribe,
  fillScreen,
  // A browser starts with nothing.
  startsWithMachine: () => Promise.resolve(null),
  startWithMachine: () => Promise.resolve(false),
  async kiosk(on) {
    await fillScreen(on);
    await holdKeys(on);
    // A person can always close a browser.
    return false;
  },
};
