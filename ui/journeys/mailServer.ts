/** A mail server on this machine that keeps what it is handed, and refuses whom it is told to. */
import { createServer, type Server, type Socket } from "node:net";
import type { AddressInfo } from "node:net";

/** A letter as it came. */
export interface Letter {
  from: string;
  to: string;
  /** All of it, as it came. */
  source: string;
  /** Its texts, decoded, one after the other. */
  text: string;
}

/** How often the letters are looked at while one is waited for. */
const LOOK_MS = 50;

function decode(body: string, encoding: string): string {
  if (encoding === "base64") return Buffer.from(body, "base64").toString("utf8");
  if (encoding !== "quoted-printable") return body;
  const bytes = body
    .replace(/=\r\n/g, "")
    .replace(/=([0-9A-F]{2})/gi, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(bytes, "latin1").toString("utf8");
}

/** The texts of a message or of one of its parts (RFC 2046). */
function textsOf(part: string): string {
  const end = part.indexOf("\r\n\r\n");
  const head = (end < 0 ? part : part.slice(0, end)).replace(/\r\n[ \t]+/g, " ");
  const body = end < 0 ? "" : part.slice(end + 4);
  const type = /^content-type:\s*([^;\r\n]+)(.*)$/im.exec(head);
  const boundary = /boundary="?([^";\r\n]+)"?/i.exec(type?.[2] ?? "")?.[1];
  if (boundary !== undefined) {
    const parts = body.split(`--${boundary}`).slice(1, -1);
    return parts.map((inner) => textsOf(inner.replace(/^\r\n/, ""))).join("\n");
  }
  if (type !== null && !/^text\//i.test(type[1] ?? "")) return "";
  const encoding = /^content-transfer-encoding:\s*(\S+)/im.exec(head)?.[1] ?? "7bit";
  return decode(body, encoding.toLowerCase());
}

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? "";

export class MailServer {
  readonly letters: Letter[] = [];
  /** Addresses that it takes nothing for. */
  readonly refused = new Set<string>();
  readonly #server: Server = createServer((socket) => this.#serve(socket));

  /** Begins to answer; the port. */
  async open(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return (this.#server.address() as AddressInfo).port;
  }

  async close(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#open) socket.destroy();
    });
  }

  /** The first letter to this address that fits, once it has come. */
  async waitFor(to: string, fits: (letter: Letter) => boolean = () => true, ms = 30_000): Promise<Letter> {
    const until = Date.now() + ms;
    for (;;) {
      const found = this.letters.find((letter) => letter.to === to && fits(letter));
      if (found !== undefined) return found;
      if (Date.now() > until) throw new Error(`no letter came for ${to}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  readonly #open = new Set<Socket>();

  #serve(socket: Socket): void {
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    // Who hangs up without a word is of no matter here.
    socket.on("error", () => undefined);
    const say = (line: string) => socket.write(`${line}\r\n`);
    let waiting = "";
    let from = "";
    let to: string[] = [];
    let data: string[] | null = null;
    const hear = (line: string) => {
      if (data !== null) {
        if (line !== ".") {
          data.push(line.startsWith(".") ? line.slice(1) : line);
          return;
        }
        const source = data.join("\r\n");
        data = null;
        for (const one of to) this.letters.push({ from, to: one, source, text: textsOf(source) });
        say("250 2.0.0 Kept");
        return;
      }
      switch (line.slice(0, 4).toUpperCase()) {
        case "EHLO":
          for (const word of ["mail.example.org", "PIPELINING", "8BITMIME"]) say(`250-${word}`);
          say("250 SMTPUTF8");
          break;
        case "MAIL":
          from = addressIn(line);
          to = [];
          say("250 2.1.0 Ok");
          break;
        case "RCPT": {
          const address = addressIn(line);
          if (this.refused.has(address)) {
            say(`550 5.1.1 <${address}>: Recipient address rejected: User unknown`);
          } else {
            to.push(address);
            say("250 2.1.5 Ok");
          }
          break;
        }
        case "DATA":
          if (to.length === 0) {
            say("554 5.5.1 No valid recipients");
          } else {
            data = [];
            say("354 End data with <CR><LF>.<CR><LF>");
          }
          break;
        case "QUIT":
          say("221 2.0.0 Bye");
          socket.end();
          break;
        default:
          say("250 2.0.0 Ok");
      }
    };
    say("220 mail.example.org ESMTP");
    socket.setEncoding("utf8");
    socket.on("data", (text: string) => {
      waiting += text;
      for (;;) {
        const end = waiting.indexOf("\r\n");
        if (end < 0) return;
        const line = waiting.slice(0, end);
        waiting = waiting.slice(end + 2);
        hear(line);
      }
    });
  }
}
