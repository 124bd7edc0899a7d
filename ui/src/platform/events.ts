import type { ServerEvent } from "./types";

/** Reads server-sent events (`text/event-stream`, as the HTML standard defines it) piece by piece. */
export class EventReader {
  #rest = "";

  /** The events that are whole now that `piece` has come. */
  read(piece: string): ServerEvent[] {
    const text = this.#rest + piece;
    // A CR at the very end may be half of an end of line.
    const held = text.endsWith("\r") ? "\r" : "";
    const blocks = text.slice(0, text.length - held.length).replace(/\r\n?/g, "\n").split("\n\n");
    this.#rest = (blocks.pop() ?? "") + held;
    return blocks.flatMap((block) => {
      let event = "message";
      const data: string[] = [];
      for (const line of block.split("\n")) {
        const [, field = "", value = ""] = /^([^:]*)(?:: ?(.*))?$/.exec(line) ?? [];
        if (field === "event") event = value;
        else if (field === "data") data.push(value);
      }
      return data.length === 0 ? [] : [{ event, data: data.join("\n") }];
    });
  }
}
