import { constants, type ServerHttp2Stream } from "node:http2";
import type { Spoiling, Wire, WireAnswer } from "./exchange.js";
import { answerHeaders } from "./http2-headers.js";
import type { WireEnd } from "./passage.js";
import { bodyToCut, firstHalf, pieces, withHeader, withShortLength } from "./spoiled-answer.js";

const { NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_PROTOCOL_ERROR } = constants;

/** Sends the header fields; false where no body can follow them: Node ends the answer to a HEAD, a 204 and a 304. */
function sendHead(stream: ServerHttp2Stream, answer: WireAnswer): boolean {
  stream.respond(answerHeaders(answer), { endStream: answer.body === "" });
  return !stream.writableEnded;
}

/** Sends a whole answer on its stream. */
export function sendOnStream(stream: ServerHttp2Stream, answer: WireAnswer): void {
  if (sendHead(stream, answer)) stream.end(answer.body);
}

/**
 * Sends a whole answer while the request's body still comes. RFC 9113, 8.1 lets a server say with NO_ERROR that the rest
 * need not be sent; nothing of it is read, since the stream's window stays as it is.
 */
export function sendEarlyOnStream(stream: ServerHttp2Stream, answer: WireAnswer): void {
  sendOnStream(stream, answer);
  stream.close(NGHTTP2_NO_ERROR);
}

/** Half of the body, then the stream breaks off: HTTP/2 has no other end that is not a good one. */
function truncate(stream: ServerHttp2Stream, answer: WireAnswer): void {
  const whole = bodyToCut(answer);
  const announced = withHeader({ ...answer, body: whole.toString() }, "Content-Length", String(whole.length));
  if (!sendHead(stream, announced)) return;
  stream.write(firstHalf(whole), () => stream.close(NGHTTP2_INTERNAL_ERROR));
}

async function drip(
  stream: ServerHttp2Stream,
  answer: WireAnswer,
  pause: () => Promise<void>,
): Promise<void> {
  if (!sendHead(stream, answer)) return;
  for (const piece of pieces(answer)) {
    if (stream.destroyed || stream.closed) return;
    stream.write(piece);
    await pause();
  }
  stream.end();
}

async function spoil(stream: ServerHttp2Stream, answer: WireAnswer, how: Spoiling): Promise<void> {
  if (how.end === "truncate") truncate(stream, answer);
  // RFC 9113, 8.1.1: a length that is not the body's makes the answer malformed, and its client resets the stream.
  else if (how.end === "wrong-length") sendOnStream(stream, withShortLength(answer));
  else if (how.end === "bad-gzip") sendOnStream(stream, withHeader(answer, "Content-Encoding", "gzip"));
  else await drip(stream, answer, how.pause);
}

/**
 * Ends a stream without an answer; the connection and its other streams go on. A connection that closes and one that
 * is reset are the same here: a stream knows one way to end early, RST_STREAM. Its code is INTERNAL_ERROR, since clients
 * take CANCEL for their own and repeat by themselves what is ended with REFUSED_STREAM. Bytes that are not HTTP would end
 * all streams of the connection; a client that meets some in one stream calls it PROTOCOL_ERROR.
 */
function cut(stream: ServerHttp2Stream, end: WireEnd): void {
  stream.close(end === "garbage" ? NGHTTP2_PROTOCOL_ERROR : NGHTTP2_INTERNAL_ERROR);
}

/** How answers leave over HTTP/2. */
export const HTTP2_WIRE: Wire<ServerHttp2Stream> = {
  isGone: (stream) => stream.destroyed || stream.closed,
  onGone: (stream, listener) => {
    stream.once("aborted", listener);
  },
  send: sendOnStream,
  sendEarly: (stream, answer, done) => {
    sendEarlyOnStream(stream, answer);
    done();
  },
  spoil,
  cut,
};
