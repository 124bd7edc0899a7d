import type { FrameSize } from "../../../api/gate";

/** How a camera fares. */
export type Sight =
  | "opening"
  | "ok"
  | "lost"
  | "busy"
  | "black"
  | "frozen"
  /** The picture is there, but what reads codes in it broke off. */
  | "unread"
  /** The person or the system forbids it. */
  | "refused"
  /** There is none. */
  | "none"
  /** Browsers give cameras to secure pages only. */
  | "insecure";

/** A camera that can be chosen. */
export interface Lens {
  id: string;
  name: string;
}

/** Where a code stands in the picture: four corners, each x and y from 0 to 1. */
export type Corners = readonly (readonly [number, number])[];

export interface Seen {
  text: string;
  corners: Corners;
}

/** Hears of a camera. */
export interface Witness {
  sight(sight: Sight): void;
  /** All codes that are in view, or those that newly came: `Presence` knows what to do with both. */
  codes(seen: readonly Seen[]): void;
  /** Codes that were told of before and are in view still; only from a camera that tells each once. */
  still?(texts: readonly string[]): void;
  /** A picture as a `data:` address, where the camera has no stream of its own. */
  picture(address: string, width: number, height: number): void;
}

/** How far something turns, and where it stands. */
export interface Range {
  min: number;
  max: number;
  step: number;
  now: number;
}

/** What the driver of a camera lets be set. */
export interface Controls {
  torch: boolean;
  zoom: Range | null;
  exposure: Range | null;
  /** The frames that can be chosen; empty where the page chooses. */
  sizes: readonly FrameSize[];
}

/** What is wanted of a camera. */
export interface Setting {
  torch?: boolean;
  zoom?: number;
  exposure?: number;
}

export const NO_CONTROLS: Controls = { torch: false, zoom: null, exposure: null, sizes: [] };
