import type { ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { Spoiling, WireAnswer } from "./exchange.js";
import type { WireEnd } from "./passage.js";
import { bodyToCut, firstHalf, pieces, withHeader, withShortLength } from "./spoiled-answer.js";

/** Bytes that no HTTP client can read. */
const GARBAGE = "\u0000\u0001\u0002 this is not HTTP \u00ff\r\n\r\n";

function sendHead(response: ServerResponse, { status, headers }: WireAnswer): void {
  response.writeHead(status, headers);
  response.flushHeaders();
}

/** Half of the body, then the end of the connection. */
function truncate(response: ServerResponse, answer: WireAnswer): void {
  const whole = bodyToCut(answer);
  sendHead(response, withHeader(answer, "Content-Length", String(whole.length)));
  response.write(firstHalf(whole), () => response.socket?.destroySoon());
}

/** The length says less than there is: what is left over is taken for the next answer. */
function shorten(response: ServerResponse, answer: WireAnswer): void {
  sendHead(response, withShortLength(answer));
  response.end(answer.body, () => response.socket?.destroySoon());
}

function pretendGzip(response: ServerResponse, answer: WireAnswer): void {
  const { status, headers, body } = withHeader(answer, "Content-Encoding", "gzip");
  response.writeHead(status, headers);
  response.end(body);
}

async function drip(response: ServerResponse, answer: WireAnswer, pause: () => Promise<void>): Promise<void> {
  sendHead(response, answer);
  for (const piece of pieces(answer)) {
    if (response.destroyed) return;
    response.write(piece);
    await pause();
  }
  response.end();
}

/** Sends an answer over HTTP/1.1 as a fault leaves it. */
export async function sendSpoiled(
  response: ServerResponse,
  answer: WireAnswer,
  { end, pause }: Spoiling,
): Promise<void> {
  response.sendDate = false;
  if (end === "truncate") truncate(response, answer);
  else if (end === "wrong-length") shorten(response, answer);
  else if (end === "bad-gzip") pretendGzip(response, answer);
  else await drip(response, answer, pause);
}

/** Ends an HTTP/1.1 connection without an answer. `tcp` is what lies below the socket that `response` goes to. */
export function cutConnection({ socket }: ServerResponse, tcp: Socket, end: WireEnd): void {
  if (end === "garbage") socket?.end(GARBAGE, "latin1", () => socket.destroySoon());
  else if (end === "reset") tcp.resetAndDestroy();
  else socket?.destroy();
}
