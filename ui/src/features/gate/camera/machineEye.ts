import { session } from "../../../api";
import { watchPath } from "../../../api/gate";
import { platform, type ServerEvent } from "../../../platform";
import type { Seen, Sight, Witness } from "./eye";

const AGAIN_MS = 2_000;

interface Frame {
  jpeg: string;
  width: number;
  height: number;
}

const SIGHTS: readonly Sight[] = ["opening", "ok", "lost", "busy", "black", "frozen"];

/** A camera that the machine beneath the window opens and reads; asked for again when it ends. */
export class MachineEye {
  readonly #over = new AbortController();

  constructor(
    readonly camera: string,
    readonly witness: Witness,
  ) {
    void this.#watch();
  }

  stop(): void {
    this.#over.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      this.witness.sight("opening");
      try {
        await platform().subscribe(watchPath(this.camera), session.authorization(), this.#hear, signal);
      } catch {
        // The camera or the office behind it is away: asked for again below.
      }
      if (signal.aborted) return;
      this.witness.sight("lost");
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  readonly #hear = ({ event, data }: ServerEvent): void => {
    if (this.#over.signal.aborted) return;
    try {
      const said = JSON.parse(data) as unknown;
      if (event === "state") {
        const { state } = said as { state: Sight };
        if (SIGHTS.includes(state)) this.witness.sight(state);
      } else if (event === "frame") {
        const { jpeg, width, height } = said as Frame;
        this.witness.picture(`data:image/jpeg;base64,${jpeg}`, width, height);
      } else if (event === "codes") {
        this.witness.codes((said as { codes: Seen[] }).codes);
      }
    } catch {
      // One message that can't be read is passed over; the next one comes at once.
    }
  };
}
