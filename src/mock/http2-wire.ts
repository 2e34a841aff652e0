import { constants, type ServerHttp2Stream } from "node:http2";
import type { Spoiling, Wire, WireAnswer } from "./exchange.js";
import { answerHeaders } from "./http2-headers.js";
import type { WireEnd } from "./passage.js";
import { drain } from "./read-body.js";
import type { ServerLimits } from "./server-limits.js";
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
 * Sends a whole answer while the request's body still comes. The rest of that is waived by NO_ERROR, as RFC 9113, 8.1 has
 * it, once the answer is out: a reset overtakes what still waits to be sent. Of header fields alone Node does not tell
 * when they went; then the body is read for a while instead.
 */
export function sendEarlyOnStream(stream: ServerHttp2Stream, answer: WireAnswer, limits: ServerLimits): void {
  const waive = (): void => stream.close(NGHTTP2_NO_ERROR);
  if (sendHead(stream, answer)) {
    stream.once("finish", waive);
    stream.end(answer.body);
    return;
  }
  drain(stream, limits, (isOver) => {
    if (!isOver) waive();
  });
}

/** Half of the body, then RST_STREAM. Node would end the stream well before that, were there no trailers to wait for. */
function truncate(stream: ServerHttp2Stream, answer: WireAnswer): void {
  const whole = bodyToCut(answer);
  const headers = answerHeaders(withHeader(answer, "Content-Length", String(whole.length)));
  stream.respond(headers, { waitForTrailers: true });
  if (stream.writableEnded) return;
  stream.once("wantTrailers", () => stream.close(NGHTTP2_INTERNAL_ERROR));
  stream.end(firstHalf(whole));
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
  // RFC 9113, 8.1.1: a length that is not the body's makes the answer malformed. A client resets the stream for that, or
  // (Node 22) gives up the connection.
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
export function createHttp2Wire(limits: ServerLimits): Wire<ServerHttp2Stream> {
  return {
    isGone: (stream) => stream.destroyed || stream.closed,
    onGone: (stream, listener) => {
      stream.once("aborted", listener);
    },
    send: sendOnStream,
    sendEarly: (stream, answer, done) => {
      sendEarlyOnStream(stream, answer, limits);
      done();
    },
    spoil,
    cut,
  };
}
