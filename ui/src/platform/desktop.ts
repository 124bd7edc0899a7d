import { Channel, invoke } from "@tauri-apps/api/core";
import { browser, pickFile, pickFiles, WITHOUT_BODY } from "./browser";
import { type AnswerHead, readFrame, writeFrame } from "./frame";
import type { Platform, Printer, SavePlace } from "./types";

let last = 0;

/** Carries a request to the router in this process. */
async function transport(request: Request): Promise<Response> {
  const { signal } = request;
  signal.throwIfAborted();
  last += 1;
  const id = last;
  const { pathname, search } = new URL(request.url);
  const head = { id, method: request.method, path: pathname + search, headers: [...request.headers] };
  const body = new Uint8Array(await request.arrayBuffer());
  const callOff = () => void invoke("api_cancel", { id });
  signal.addEventListener("abort", callOff, { once: true });
  try {
    const answer = await invoke<ArrayBuffer>("api", writeFrame(head, body));
    signal.throwIfAborted();
    const { head: said, body: content } = readFrame<AnswerHead>(new Uint8Array(answer));
    return new Response(WITHOUT_BODY.includes(said.status) ? null : content, {
      status: said.status,
      headers: said.headers,
    });
  } finally {
    signal.removeEventListener("abort", callOff);
  }
}

/** What the shell sends to a channel of `subscribe`. */
type Message = { kind: "event"; event: string; data: string; id: string | null } | { kind: "end" };

const subscribe: Platform["subscribe"] = async (path, authorization, hear, signal) => {
  signal.throwIfAborted();
  const channel = new Channel<Message>();
  const over = new Promise<void>((resolve, reject) => {
    channel.onmessage = (message) => {
      if (message.kind === "end") resolve();
      else if (!signal.aborted) hear({ event: message.event, data: message.data });
    };
    const callOff = () => {
      void invoke("api_cancel", { id: channel.id });
      reject(signal.reason as Error);
    };
    signal.addEventListener("abort", callOff, { once: true });
  });
  // Called off before it was heard of, nobody may be waiting yet.
  over.catch(() => undefined);
  await invoke("subscribe", { channel, path, authorization });
  await over;
};

export const desktop: Platform = {
  kind: "desktop",
  transport,
  async upload(request, file, sent) {
    const answer = await transport(new Request(request, { body: file }));
    sent(1);
    return answer;
  },
  pickFile,
  pickFiles,
  async savePath(name, kinds): Promise<SavePlace | null> {
    const path = await invoke<string | null>("plugin:dialog|save", {
      options: {
        defaultPath: name,
        filters: [{ name: kinds.name, extensions: kinds.endings }],
      },
    });
    return path === null ? null : { kind: "path", path };
  },
  // The window itself asks where a download goes.
  saveFile: browser.saveFile,
  printers: () => invoke<Printer[]>("printers"),
  async printFile(task, printer) {
    return (await invoke<{ printer: string | null }>("print_file", { task, printer })).printer;
  },
  async printBadge(of, printer) {
    return (await invoke<{ printer: string | null }>("print_badge", { ...of, printer })).printer;
  },
  showPdf: () => false,
  async restart() {
    try {
      await invoke("restart");
      return true;
    } catch {
      // A shell that can't is closed and opened by the person.
      return false;
    }
  },
  async notify(title, text) {
    const granted =
      (await invoke<boolean | null>("plugin:notification|is_permission_granted")) ??
      (await invoke<string>("plugin:notification|request_permission")) === "granted";
    if (granted) await invoke("plugin:notification|notify", { options: { title, body: text } });
    return granted;
  },
  async openGate(event) {
    try {
      await invoke("open_gate", { event });
    } catch {
      // A shell without windows for gates shows it in this one.
      await browser.openGate(event);
    }
  },
  openExternal: (address) => invoke("plugin:opener|open_url", { url: address }),
  // It says so in its log where the system offers no way.
  async stayAwake(on) {
    await invoke("stay_awake", { on });
  },
  copyText: browser.copyText,
  subscribe,
  fillScreen: browser.fillScreen,
  async startsWithMachine() {
    try {
      return await invoke<boolean>("starts_with_machine");
    } catch {
      return null;
    }
  },
  startWithMachine: (on) => invoke<boolean>("start_with_machine", { on }),
  async kiosk(on) {
    try {
      await invoke("kiosk", { on });
      return true;
    } catch {
      // A shell that knows no kiosk still fills the screen.
      await browser.fillScreen(on);
      return false;
    }
  },
};
