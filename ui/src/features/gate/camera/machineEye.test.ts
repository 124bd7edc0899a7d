import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { platform, type ServerEvent } from "../../../platform";
import { type Controls, NO_CONTROLS, type Seen, type Sight } from "./eye";
import { MachineEye } from "./machineEye";

/** No test depends on how fast a machine is: what never comes is waited for, what comes is not. */
const SLOW = { timeout: 20_000 };

/** A camera of the machine whose events the test sends. */
function watched() {
  const lines: { path: string; hear(event: ServerEvent): void; end(): void }[] = [];
  vi.spyOn(platform(), "subscribe").mockImplementation(
    (path, _, hear, signal) =>
      new Promise((resolve, reject) => {
        lines.push({ path, hear, end: resolve });
        signal.addEventListener("abort", () => reject(signal.reason as Error));
      }),
  );
  const sights: Sight[] = [];
  const seen: (readonly Seen[])[] = [];
  const pictures: string[] = [];
  const eye = new MachineEye("usb 1/2", { width: 640, height: 480, frames: 15 }, {
    sight: (sight) => sights.push(sight),
    codes: (codes) => seen.push(codes),
    picture: (address) => pictures.push(address),
  });
  return { eye, lines, sights, seen, pictures };
}

const CAMERA = "/api/machine/cameras/usb%201%2F2";
const SIZES = [
  { width: 1_920, height: 1_080, frames: 30 },
  { width: 640, height: 480, frames: 15 },
];
const control = (dial: string, max: number, value: number) => ({ dial, min: 0, max, step: 1, value, default: 0 });

/** The office beneath the window, which answers for the camera; what was asked of it, in order. */
function answerForCamera(controls: unknown[], refuses = false) {
  const asked: { what: string; body: unknown }[] = [];
  vi.stubGlobal("fetch", async (request: Request) => {
    const text = await request.clone().text();
    const what = `${request.method} ${new URL(request.url).pathname}`;
    asked.push({ what, body: text === "" ? null : JSON.parse(text) });
    const headers = { "content-type": "application/json" };
    if (request.method === "GET") return new Response(JSON.stringify({ controls, sizes: SIZES }), { headers });
    const refusal = { type: "about:blank", status: 409, code: "camera_control_refused", detail: "" };
    return refuses
      ? new Response(JSON.stringify(refusal), { status: 409, headers })
      : new Response(null, { status: 204 });
  });
  return asked;
}

describe("a camera of the machine", () => {
  beforeEach(() => {
    vi.useFakeTimers();
    answerForCamera([]);
  });
  afterEach(() => vi.useRealTimers());

  it("tells how it fares, what it sees and what it reads", () => {
    const { lines, sights, seen, pictures, eye } = watched();
    const [line] = lines;
    expect(line?.path).toBe("/api/machine/cameras/usb%201%2F2/watch?width=640&height=480&frames=15");
    line?.hear({ event: "state", data: '{"state":"ok"}' });
    line?.hear({ event: "frame", data: '{"jpeg":"/9j/","width":640,"height":360}' });
    line?.hear({ event: "codes", data: '{"codes":[{"text":"A","corners":[[0,0],[1,0],[1,1],[0,1]]}]}' });
    line?.hear({ event: "state", data: '{"state":"black"}' });
    expect(sights).toEqual(["opening", "ok", "black"]);
    expect(pictures).toEqual(["data:image/jpeg;base64,/9j/"]);
    expect(seen.flat().map(({ text }) => text)).toEqual(["A"]);
    eye.stop();
  });

  it("passes over what it can't read", () => {
    const { lines, sights, seen, eye } = watched();
    for (const data of ["", "null", "{", '{"state":"admitted"}', "[]"]) {
      for (const event of ["state", "frame", "other"]) lines[0]?.hear({ event, data });
    }
    expect(sights).toEqual(["opening"]);
    expect(seen).toEqual([]);
    eye.stop();
  });

  it("is asked for again when it is lost, until it is stopped", async () => {
    const { lines, sights, eye } = watched();
    lines[0]?.end();
    await vi.advanceTimersByTimeAsync(0);
    expect(sights).toEqual(["opening", "lost"]);
    await vi.advanceTimersByTimeAsync(2_100);
    expect(lines).toHaveLength(2);
    lines[1]?.hear({ event: "state", data: '{"state":"ok"}' });
    expect(sights.at(-1)).toBe("ok");
    eye.stop();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(lines).toHaveLength(2);
    expect(sights.at(-1)).toBe("ok");
  });
});

describe("the controls of a camera of the machine", () => {
  /** A camera that opened; what it let be set, as it was told. */
  async function opened() {
    const { eye, lines } = watched();
    const told: Controls[] = [];
    eye.onControls = (controls) => told.push(controls);
    lines[0]?.hear({ event: "state", data: '{"state":"ok"}' });
    await vi.waitFor(() => expect(told).not.toEqual([]), SLOW);
    return { eye, told };
  }

  it("are asked for once it is open, and offered", async () => {
    const asked = answerForCamera([control("torch", 1, 0), control("zoom", 8, 2), control("exposure", 500, 120)]);
    const { eye, told } = await opened();
    expect(asked).toEqual([{ what: `GET ${CAMERA}`, body: null }]);
    expect(told).toEqual([
      {
        torch: true,
        zoom: { min: 0, max: 8, step: 1, now: 2 },
        exposure: { min: 0, max: 500, step: 1, now: 120 },
        sizes: SIZES,
      },
    ]);
    eye.stop();
  });

  it("are not offered where the camera has none, or cannot turn them", async () => {
    answerForCamera([control("zoom", 0, 0), control("brightness", 255, 128)]);
    const { eye, told } = await opened();
    expect(told).toEqual([{ ...NO_CONTROLS, sizes: SIZES }]);
    eye.stop();
  });

  it("are set one by one, in the driver's numbers", async () => {
    const asked = answerForCamera([control("torch", 1, 0), control("zoom", 8, 2)]);
    const { eye } = await opened();
    await eye.set({ zoom: 4 });
    await eye.set({ torch: true });
    expect(asked.slice(1)).toEqual([
      { what: `PUT ${CAMERA}/controls/zoom`, body: { value: 4 } },
      { what: `PUT ${CAMERA}/controls/torch`, body: { value: 1 } },
    ]);
    eye.stop();
  });

  it("follow a slider one step at a time, and end where it does", async () => {
    const asked = answerForCamera([control("zoom", 8, 2)]);
    const { eye } = await opened();
    await Promise.all([3, 4, 5, 6].map((zoom) => eye.set({ zoom })));
    await eye.set({ zoom: 7 });
    expect(asked.slice(1).map(({ body }) => body)).toEqual([{ value: 3 }, { value: 6 }, { value: 7 }]);
    eye.stop();
  });

  it("may refuse what is wanted without harm", async () => {
    answerForCamera([control("zoom", 8, 2)], true);
    const { eye } = await opened();
    await expect(eye.set({ zoom: 4 })).resolves.toBeUndefined();
    eye.stop();
  });

  it("are taken back when it is stopped, and offered no more by an answer that comes late", async () => {
    answerForCamera([control("zoom", 8, 2)]);
    const { eye, told } = await opened();
    eye.stop();
    expect(told.at(-1)).toEqual(NO_CONTROLS);

    let answer: (response: Response) => void = () => undefined;
    const asked = vi.fn(() => new Promise<Response>((resolve) => (answer = resolve)));
    vi.stubGlobal("fetch", asked);
    const late = watched();
    const heard: Controls[] = [];
    late.eye.onControls = (controls) => heard.push(controls);
    late.lines[0]?.hear({ event: "state", data: '{"state":"ok"}' });
    await vi.waitFor(() => expect(asked).toHaveBeenCalled(), SLOW);
    late.eye.stop();
    answer(new Response(JSON.stringify({ controls: [control("zoom", 8, 2)], sizes: SIZES })));
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(heard).toEqual([NO_CONTROLS]);
  });
});
