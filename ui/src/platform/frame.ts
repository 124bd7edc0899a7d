/**
 * One message across the bridge to the desktop: `u32` big-endian length of the head, the head as
 * JSON, then the body as it is. Requests and answers have the same shape.
 */

const LENGTH_BYTES = 4;

export interface RequestHead {
  /** Names the request, so that it can be called off. */
  id: number;
  method: string;
  /** Path and query. */
  path: string;
  headers: [string, string][];
}

export interface AnswerHead {
  status: number;
  headers: [string, string][];
}

export function writeFrame(head: RequestHead | AnswerHead, body: Uint8Array): Uint8Array {
  const text = new TextEncoder().encode(JSON.stringify(head));
  const frame = new Uint8Array(LENGTH_BYTES + text.length + body.length);
  new DataView(frame.buffer).setUint32(0, text.length);
  frame.set(text, LENGTH_BYTES);
  frame.set(body, LENGTH_BYTES + text.length);
  return frame;
}

/** Takes a frame apart; throws when it ends before its head does. */
export function readFrame<Head extends RequestHead | AnswerHead>(
  frame: Uint8Array<ArrayBuffer>,
): { head: Head; body: Uint8Array<ArrayBuffer> } {
  if (frame.length < LENGTH_BYTES) throw new Error("the frame has no head");
  const length = new DataView(frame.buffer, frame.byteOffset, frame.byteLength).getUint32(0);
  const end = LENGTH_BYTES + length;
  if (end > frame.length) throw new Error("the frame ends within its head");
  const head = JSON.parse(new TextDecoder().decode(frame.subarray(LENGTH_BYTES, end))) as Head;
  return { head, body: frame.subarray(end) };
}
