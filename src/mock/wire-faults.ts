import type { ServerResponse } from "node:http";
import type { WireEnd } from "./passage.js";

/** An answer as bytes are made of it. */
export interface WireAnswer {
  readonly status: number;
  /** Name, value, name, value. */
  readonly headers: readonly string[];
  readonly body: string;
}

/** Bytes that no HTTP client can read. */
const GARBAGE = "\u0000\u0001\u0002 this is not HTTP \u00ff\r\n\r\n";

/** How many pieces a slow answer comes in. */
const DRIPS = 8;

/** How many bytes a wrong length is short of. */
const SHORT_BY = 2;

function withHeader(headers: readonly string[], name: string, value: string): string[] {
  const changed = [...headers];
  const at = changed.indexOf(name);
  if (at === -1) changed.push(name, value);
  else changed[at + 1] = value;
  return changed;
}

function sendHead(response: ServerResponse, { status }: WireAnswer, headers: readonly string[]): void {
  response.writeHead(status, [...headers]);
  response.flushHeaders();
}

function truncate(response: ServerResponse, answer: WireAnswer): void {
  const whole = Buffer.from(answer.body === "" ? " ".repeat(DRIPS) : answer.body);
  sendHead(response, answer, withHeader(answer.headers, "Content-Length", String(whole.length)));
  const half = whole.subarray(0, Math.ceil(whole.length / 2));
  response.write(half, () => response.socket?.destroySoon());
}

/** The length says less than there is: what is left over is taken for the next answer. */
function shorten(response: ServerResponse, answer: WireAnswer): void {
  const length = Math.max(0, Buffer.byteLength(answer.body) - SHORT_BY);
  sendHead(response, answer, withHeader(answer.headers, "Content-Length", String(length)));
  response.end(answer.body, () => response.socket?.destroySoon());
}

function pretendGzip(response: ServerResponse, answer: WireAnswer): void {
  response.writeHead(answer.status, withHeader(answer.headers, "Content-Encoding", "gzip"));
  response.end(answer.body);
}

async function drip(response: ServerResponse, answer: WireAnswer, pause: () => Promise<void>): Promise<void> {
  sendHead(response, answer, answer.headers);
  const bytes = Buffer.from(answer.body);
  const size = Math.max(1, Math.ceil(bytes.length / DRIPS));
  for (let offset = 0; offset < bytes.length && !response.destroyed; offset += size) {
    response.write(bytes.subarray(offset, offset + size));
    await pause();
  }
  response.end();
}

/** Sends an answer as a fault leaves it. `pause` is what lies between the pieces of a slow one. */
export async function sendSpoiled(
  response: ServerResponse,
  answer: WireAnswer,
  how: { readonly end: WireEnd; readonly pause: () => Promise<void> },
): Promise<void> {
  response.sendDate = false;
  if (how.end === "truncate") truncate(response, answer);
  else if (how.end === "wrong-length") shorten(response, answer);
  else if (how.end === "bad-gzip") pretendGzip(response, answer);
  else await drip(response, answer, how.pause);
}

/** Ends a connection without an answer. */
export function cutConnection(response: ServerResponse, end: WireEnd): void {
  const { socket } = response;
  if (end === "reset") socket?.resetAndDestroy();
  else if (end === "garbage") socket?.end(GARBAGE, "latin1");
  else socket?.destroy();
}
