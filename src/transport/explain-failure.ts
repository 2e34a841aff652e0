import { formatDuration } from "../core/duration.js";
import type { FailurePhase } from "../core/failure.js";
import { printable } from "../core/printable.js";

/** Why there is no answer: a stable code, how far the request got, one plain sentence. */
export interface Failure {
  readonly code: string;
  readonly phase: FailurePhase;
  readonly message: string;
}

/** A proxy that answered, but made no tunnel. */
export class TunnelRefused extends Error {
  override readonly name = "TunnelRefused";
  readonly status: number;

  constructor(status: number) {
    super(`the proxy answered ${status}`);
    this.status = status;
  }
}

/** How far one request has got. Only its flight changes it. */
export interface Progress {
  /** `host:port` of the server that is asked. */
  readonly target: string;
  /** Who the connection leads to: the target, or `the proxy host:port`. */
  readonly peer: string;
  /** True where a TLS tunnel through a proxy has to be made first. */
  readonly tunnelled: boolean;
  readonly startMs: number;
  /** The request passed Node's own checks and a connection was asked for. */
  opened: boolean;
  connected: boolean;
  /** The connection had served an earlier request. */
  reused: boolean;
  sentMs: number | null;
  firstByteMs: number | null;
  status: number | null;
  /** Values of the answer's Content-Length and Content-Encoding. */
  contentLength: string | null;
  contentEncoding: string | null;
  /** The answer came whole, as its own framing says. */
  complete: boolean;
  /** Bytes of the body that came, before decompression. */
  bodyBytes: number;
}

/** What is known of an error: got wraps the system's own in a `cause`, Node's parser adds `reason`. */
interface Trouble {
  readonly code: string;
  readonly message: string;
  readonly bySystem: boolean;
}

function troubleOf(error: unknown): Trouble {
  if (!(error instanceof Error)) return { code: "ERR_UNKNOWN", message: String(error), bySystem: false };
  const source: Error & { code?: unknown; reason?: unknown; syscall?: unknown } =
    error.cause instanceof Error ? error.cause : error;
  // A write that meets a connection already reset is told EPIPE where a read would be told ECONNRESET.
  const code = source.code === "EPIPE" ? "ECONNRESET" : source.code;
  return {
    code: typeof code === "string" ? code : "ERR_UNKNOWN",
    message: printable(typeof source.reason === "string" ? source.reason : source.message),
    bySystem: source.syscall !== undefined,
  };
}

const CONNECT_MESSAGES: Readonly<Record<string, (peer: string) => string>> = {
  ECONNREFUSED: (peer) => `${peer} refused the connection: nothing listens there`,
  ENOTFOUND: (peer) => `there is no address for ${peer}: is the host name right?`,
  EAI_AGAIN: (peer) => `the address of ${peer} could not be looked up: no name server answered`,
  ECONNRESET: (peer) => `${peer} closed the connection before it was ready for a request`,
  ETIMEDOUT: (peer) => `${peer} did not accept a connection in time`,
  EHOSTUNREACH: (peer) => `there is no way through the network to ${peer}`,
  ENETUNREACH: (peer) => `there is no way through the network to ${peer}`,
};

function connectFailure(trouble: Trouble, progress: Progress): Failure {
  const { peer, target } = progress;
  const known = CONNECT_MESSAGES[trouble.code];
  if (known !== undefined) return { code: trouble.code, phase: "connect", message: known(peer) };
  if (/CERT|SIGNATURE|HOSTNAME_MISMATCH/.test(trouble.code)) {
    const remedy = "if your own authority issued it, name that authority's PEM file with --cacert";
    const via = peer === target ? "" : ` (through ${peer})`;
    const message = `the TLS certificate of ${target}${via} is not trusted: ${trouble.message}; ${remedy}`;
    return { code: trouble.code, phase: "connect", message };
  }
  if (trouble.code === "ERR_UNKNOWN" && progress.tunnelled) {
    return { code: "ERR_PROXY", phase: "connect", message: `${peer} made no tunnel: ${trouble.message}` };
  }
  const secure = /SSL|TLS|EPROTO/.test(trouble.code) ? "TLS connection" : "connection";
  const message = `no ${secure} to ${peer}: ${trouble.message}`;
  return { code: trouble.code, phase: "connect", message };
}

function parserFailure(trouble: Trouble, progress: Progress): Failure {
  const { peer, status } = progress;
  if (status !== null && progress.complete) {
    const length =
      progress.contentLength === null ? "" : ` (content-length ${printable(progress.contentLength)})`;
    const message = `${peer} answered ${status} and sent more bytes after the end of the body${length}`;
    return { code: "ERR_BODY_LENGTH", phase: "response", message };
  }
  const what =
    trouble.code === "HPE_HEADER_OVERFLOW" ? "sent more than 16 KiB of headers" : "did not answer in HTTP";
  const after = status === null ? "" : ` after status ${status}`;
  return { code: trouble.code, phase: "response", message: `${peer} ${what}${after} (${trouble.message})` };
}

function bodyFailure(trouble: Trouble, progress: Progress, status: number): Failure {
  const { peer, bodyBytes, contentLength } = progress;
  const of = contentLength === null ? "" : ` of ${printable(contentLength)}`;
  const message = `${peer} answered ${status}, but the connection ended after ${bodyBytes}${of} bytes of the body`;
  // A reset is the system's word; a connection that is closed in good order is only seen to be too early.
  const code = trouble.code === "ECONNRESET" && !trouble.bySystem ? "ERR_BODY_LENGTH" : trouble.code;
  return { code, phase: "response", message };
}

/** Reasons for which a server ends an HTTP/2 request (RFC 9113, 7), for codes that Node has no name for. */
const STREAM_ERRORS: Readonly<Record<string, string>> = { "0": "NO_ERROR", "13": "HTTP_1_1_REQUIRED" };

/** A server may end one request of a connection and let the others be. */
function streamFailure(trouble: Trouble, progress: Progress): Failure {
  const found = /error code (?:NGHTTP2_)?(\w+)/.exec(trouble.message)?.[1] ?? "";
  const name = STREAM_ERRORS[found] ?? found;
  const undone = name === "REFUSED_STREAM" ? ", which says that it did nothing with it" : "";
  const message = `${progress.peer} ended the request without an answer (HTTP/2 ${name})${undone}`;
  return { code: trouble.code, phase: progress.sentMs === null ? "send" : "response", message };
}

function lostFailure(trouble: Trouble, progress: Progress): Failure {
  const { peer } = progress;
  if (trouble.code === "ERR_HTTP2_STREAM_ERROR") return streamFailure(trouble, progress);
  const kept = progress.reused ? "; the connection had been kept from an earlier request" : "";
  if (trouble.code !== "ECONNRESET") {
    const phase = progress.sentMs === null ? "send" : "response";
    return {
      code: trouble.code,
      phase,
      message: `the connection to ${peer} broke (${trouble.message})${kept}`,
    };
  }
  if (progress.sentMs === null) {
    const message = `${peer} closed the connection before the whole request was sent${kept}`;
    return { code: "ECONNRESET", phase: "send", message };
  }
  const message = `${peer} closed the connection without an answer, so the request may have been carried out or not${kept}`;
  return { code: "ECONNRESET", phase: "response", message };
}

/** Turns an error of got, Node or the system into data. Pure. */
export function explainFailure(error: unknown, progress: Progress): Failure {
  if (error instanceof Error && error.cause instanceof TunnelRefused) {
    return tunnelFailure(error.cause.status, progress);
  }
  const trouble = troubleOf(error);
  if (!progress.opened) {
    return { code: trouble.code, phase: "refused", message: `the request was not sent: ${trouble.message}` };
  }
  if (!progress.connected) return connectFailure(trouble, progress);
  if (trouble.code.startsWith("HPE_")) return parserFailure(trouble, progress);
  if (progress.status !== null) return bodyFailure(trouble, progress, progress.status);
  return lostFailure(trouble, progress);
}

/** The body is not what its Content-Encoding says, or ends too early. Pure. */
export function encodingFailure(error: Error, progress: Progress): Failure {
  const { peer, status, bodyBytes, contentEncoding } = progress;
  const coding = printable(contentEncoding ?? "");
  const message = `${peer} answered ${status} with content-encoding ${coding}, but the ${bodyBytes} bytes that came do not decode (${printable(error.message)})`;
  return { code: "ERR_BODY_ENCODING", phase: "response", message };
}

/** A proxy's URL with credentials in it would be hidden as one that holds a secret. */
const WANTS_CREDENTIALS =
  ": it wants credentials, a user name and a password before the host in HTTPS_PROXY or HTTP_PROXY, or in the profile's `proxy`";

/** A proxy that is asked for whole URLs and would not pass one on, with 407. Pure. */
export function proxyFailure({ peer }: Progress): Failure {
  const message = `${peer} answered 407 instead of passing the request on${WANTS_CREDENTIALS}`;
  return { code: "ERR_PROXY", phase: "connect", message };
}

/** A proxy that would not make a tunnel. Pure. */
export function tunnelFailure(status: number, progress: Progress): Failure {
  const wants = status === 407 ? WANTS_CREDENTIALS : "";
  const message = `${progress.peer} answered ${status} instead of making a tunnel${wants}`;
  return { code: "ERR_PROXY", phase: "connect", message };
}

function stageOf(progress: Progress): string {
  if (!progress.connected) return "it was not connected yet";
  if (progress.status !== null)
    return `status ${progress.status} and ${progress.bodyBytes} bytes of its body had come`;
  if (progress.sentMs === null) return "the request was not sent whole";
  return "the request was sent and nothing had come back";
}

/** The time is up. Pure. */
export function timeoutFailure(timeoutMs: number, progress: Progress): Failure {
  const limit = formatDuration(timeoutMs);
  const message = `${progress.peer} gave no whole answer within ${limit}; ${stageOf(progress)}`;
  return { code: "ETIMEDOUT", phase: "timeout", message };
}

/** gcidem hung up. `why` is the beginning of a sentence. Pure. */
export function abortFailure(why: string, progress: Progress): Failure {
  return { code: "ECONNABORTED", phase: "aborted", message: `${why}; ${stageOf(progress)}` };
}
