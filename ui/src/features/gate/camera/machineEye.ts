import { session } from "../../../api";
import { type CameraEvent, type FrameSize, machineAbilities, setMachineControl, watchPath } from "../../../api/gate";
import { platform, type ServerEvent } from "../../../platform";
import { type Controls, NO_CONTROLS, type Setting, type Sight, type Witness } from "./eye";

const AGAIN_MS = 2_000;

const SIGHTS: readonly Sight[] = ["opening", "ok", "lost", "busy", "black", "frozen"];

/** A camera that the machine beneath the window opens and reads; asked for again when it ends. */
export class MachineEye {
  readonly #over = new AbortController();
  /** Where dials are wanted: a slider that is drawn tells more places than a driver can follow. */
  readonly #wanted = new Map<string, number>();
  #setting: Promise<void> | null = null;
  onControls: (controls: Controls) => void = () => undefined;

  constructor(
    readonly camera: string,
    /** The frames that are wanted; null for the usual ones. */
    readonly size: FrameSize | null,
    readonly witness: Witness,
  ) {
    void this.#watch();
  }

  /** Sets what is wanted; of what was wanted meanwhile, the last is set. */
  set(setting: Setting): Promise<void> {
    for (const [dial, value] of Object.entries(setting)) this.#wanted.set(dial, Number(value));
    this.#setting ??= this.#setWanted();
    return this.#setting;
  }

  async #setWanted(): Promise<void> {
    for (let [next] = this.#wanted; next !== undefined; [next] = this.#wanted) {
      const [dial, value] = next;
      this.#wanted.delete(dial);
      // A driver that changes its mind says so by refusing.
      await setMachineControl(this.camera, dial, value).catch(() => undefined);
    }
    this.#setting = null;
  }

  async #lookAtControls(): Promise<void> {
    const { controls, sizes } = await machineAbilities(this.camera);
    if (this.#over.signal.aborted) return;
    const range = (wanted: string) => {
      const found = controls.find(({ dial }) => dial === wanted);
      if (found === undefined || found.max <= found.min) return null;
      return { min: found.min, max: found.max, step: found.step, now: found.value };
    };
    this.onControls({ torch: range("torch") !== null, zoom: range("zoom"), exposure: range("exposure"), sizes });
  }

  stop(): void {
    this.onControls(NO_CONTROLS);
    this.#wanted.clear();
    this.#over.abort();
  }

  async #watch(): Promise<void> {
    const { signal } = this.#over;
    while (!signal.aborted) {
      this.witness.sight("opening");
      try {
        await platform().subscribe(watchPath(this.camera, this.size), session.authorization(), this.#hear, signal);
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
      const said = JSON.parse(data) as CameraEvent;
      if (event === "state" && "state" in said) {
        const sight = SIGHTS.find((known) => known === said.state);
        if (sight === undefined) return;
        this.witness.sight(sight);
        // Only what is open knows what it can do.
        if (sight === "ok") this.#lookAtControls().catch(() => undefined);
      } else if (event === "frame" && "jpeg" in said) {
        const { jpeg, width, height, texts } = said;
        this.witness.still?.(texts ?? []);
        this.witness.picture(`data:image/jpeg;base64,${jpeg}`, width, height);
      } else if (event === "codes" && "codes" in said) {
        this.witness.codes(said.codes);
      }
    } catch {
      // One message that can't be read is passed over; the next one comes at once.
    }
  };
}
