import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import type { HeaderList } from "../core/http.js";
import { printable } from "../core/printable.js";
import { endToEnd, pairsOf, unwantedUpgrade } from "./end-to-end.js";
import type { Passing } from "./passage.js";
import { answerProblem, type Problem, problemText } from "./problem-answer.js";

/** Something that a recorder does not pass on. */
export interface Refusal {
  readonly problem: Problem;
  /** What whoever runs the recorder should know. */
  readonly note: string;
}

function notAProxy(target: string): Refusal {
  const detail = `a client asked for ${target}, as one asks a proxy: give it the recorder's address as its base URL, not as its proxy`;
  return { problem: { status: 421, code: "NOT_A_PROXY", detail }, note: detail };
}

function noUpgrade(protocol: string): Refusal {
  const detail = `a client wants to change to ${protocol}, which cannot be recorded: let it go to the API itself for that`;
  return { problem: { status: 501, code: "UPGRADE_REFUSED", detail }, note: detail };
}

/** Why a request is not passed on; null where it is. Pure. */
export function refusalOf(target: string, headers: HeaderList): Refusal | null {
  if (!target.startsWith("/")) return notAProxy(target);
  const protocol = unwantedUpgrade(headers);
  return protocol === null ? null : noUpgrade(protocol);
}

/** Answers a request that is not passed on, and writes down that it came. */
export function refuse(
  { request, response }: { readonly request: IncomingMessage; readonly response: ServerResponse },
  { problem }: Refusal,
  { book, clock, way }: Pick<Passing, "book" | "clock" | "way">,
): void {
  const id = book.nextId();
  const nowMs = clock.nowMs();
  const { method = "GET", url: target = "/" } = request;
  const url = target.startsWith("/") ? way.server.origin + target : target;
  const failure = { code: problem.code, phase: "refused", message: problem.detail } as const;
  book.sent({
    id,
    startMs: nowMs,
    method,
    url,
    headers: endToEnd(pairsOf(request.rawHeaders)),
    body: null,
  });
  book.failed(id, failure, { sentMs: null, firstByteMs: null, endMs: nowMs });
  response.shouldKeepAlive = false;
  answerProblem(response, problem);
}

const TLS_HANDSHAKE = 0x16;

/** What came that is no HTTP/1.1 request. `note` null: nobody needs to know. Pure. */
export function explainGarbage(error: Error & { readonly code?: string; readonly rawPacket?: Uint8Array }): {
  readonly note: string | null;
  readonly problem: Problem;
} {
  const { code = "", rawPacket } = error;
  if (code === "HPE_HEADER_OVERFLOW") {
    const detail = "a client sent more than 16 KiB of headers, which the recorder does not take";
    return { note: detail, problem: { status: 431, code, detail } };
  }
  const bad = (detail: string, note: string | null = detail): ReturnType<typeof explainGarbage> => ({
    note,
    problem: { status: 400, code, detail },
  });
  if (rawPacket?.[0] === TLS_HANDSHAKE)
    return bad(
      "a client spoke TLS: its base URL has to begin with http://, the recorder speaks TLS to the API",
    );
  if (code === "HPE_PAUSED_H2_UPGRADE")
    return bad("a client spoke HTTP/2 without TLS: have it speak HTTP/1.1 to the recorder");
  if (code.startsWith("HPE_")) return bad(`a client did not speak HTTP/1.1: ${printable(error.message)}`);
  return bad("the connection broke", null);
}

/** Answers on a connection that Node has no response for, and ends it. */
export function answerRaw(socket: Duplex, problem: Problem): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const text = problemText(problem);
  const head = [
    `HTTP/1.1 ${problem.status} Refused`,
    "Content-Type: application/problem+json",
    `Content-Length: ${Buffer.byteLength(text)}`,
    "Connection: close",
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${text}`);
}
