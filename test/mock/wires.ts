import { readFileSync } from "node:fs";
import {
  type ClientHttp2Session,
  type ClientHttp2Stream,
  connect as connectHttp2,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
} from "node:http2";
import { connect as connectTcp, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";
import { type VirtualClock, virtualClock } from "../../src/core/clock.js";
import type { Certificate, Mock, TraceEntry } from "../../src/mock/mock.js";
import { startMock } from "../../src/mock/start-mock.js";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { policyOf } from "./an-org.js";

const fixture = (name: string): string =>
  readFileSync(new URL(`../fixtures/tls/${name}`, import.meta.url), "utf8");

/** A certificate for localhost, and the authority that signed it. */
export const CERTIFICATE: Certificate = { cert: fixture("server.pem"), key: fixture("server.key") };
export const AUTHORITY = fixture("authority.pem");

/** Opens a bare socket to a server: TLS where its URL says so. */
export function open(url: string, ALPNProtocols?: string[]): Socket {
  const { protocol, hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (protocol === "http:") return connectTcp(Number(port), host);
  const options = { port: Number(port), host, ca: AUTHORITY };
  return connectTls(ALPNProtocols === undefined ? options : { ...options, ALPNProtocols });
}

/** Sends bytes as they are and reads until the server ends the connection, or `enough` says so. */
export function raw(
  url: string,
  bytes: string | readonly (string | Buffer)[],
  enough: (text: string) => boolean = () => false,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = open(url);
    let text = "";
    socket.on("data", (chunk) => {
      text += chunk.toString("latin1");
      if (enough(text)) socket.destroy();
    });
    // A reset is one of the ways in which a server ends a connection; what came before it is in the text.
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
    for (const part of typeof bytes === "string" ? [bytes] : bytes) socket.write(part);
  });
}

/** All statuses of a text with several answers. */
export function statuses(text: string): readonly number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => Number(match[1]));
}

/** What came back on one stream. */
export interface StreamReply {
  /** Null where no header fields came. */
  readonly status: number | null;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  readonly json: Readonly<Record<string, unknown>>;
  /** The code of RST_STREAM; 0 for a stream that ended well. */
  readonly code: number;
}

function toJson(text: string): StreamReply["json"] {
  try {
    return Object(JSON.parse(text));
  } catch {
    return {};
  }
}

/** Reads the answer to a request that is on its way. */
export function replyOf(stream: ClientHttp2Stream): Promise<StreamReply> {
  return new Promise((resolve) => {
    let headers: IncomingHttpHeaders = {};
    let text = "";
    stream.setEncoding("utf8");
    stream.on("response", (fields) => {
      headers = fields;
    });
    stream.on("data", (chunk: string) => {
      text += chunk;
    });
    stream.on("error", () => {});
    stream.on("close", () => {
      const status = headers[":status"] ?? null;
      resolve({
        status: status === null ? null : Number(status),
        headers,
        text,
        json: toJson(text),
        code: stream.rstCode ?? 0,
      });
    });
  });
}

interface Sending {
  readonly json?: unknown;
  readonly text?: string;
  readonly headers?: OutgoingHttpHeaders;
}

/** A mock behind TLS on a virtual clock, and one HTTP/2 connection to it. */
export interface StreamOrg {
  readonly mock: Mock;
  readonly clock: VirtualClock;
  readonly session: ClientHttp2Session;
  /** Opens a stream whose body is still to be sent. */
  readonly begin: (method: string, path: string, headers?: OutgoingHttpHeaders) => ClientHttp2Stream;
  readonly send: (method: string, path: string, sending?: Sending) => Promise<StreamReply>;
  readonly last: () => TraceEntry;
  readonly close: () => Promise<void>;
}

export async function startStreamOrg(policy: PolicyFile | string): Promise<StreamOrg> {
  const clock = virtualClock(Date.UTC(2026, 10, 21));
  const obeyed = typeof policy === "string" ? presetPolicy(policy) : policyOf(policy);
  const mock = await startMock({ policy: obeyed, clock, tls: CERTIFICATE });
  // The client, too, has a limit of 10 MB for all that it sends at a time.
  const session = connectHttp2(mock.url, { ca: AUTHORITY, maxSessionMemory: 256 });
  session.on("error", () => {});
  const begin: StreamOrg["begin"] = (method, path, headers = {}) =>
    session.request(
      { ":method": method, ":path": path, authorization: `Bearer ${mock.token(null, "valid")}`, ...headers },
      { endStream: false },
    );
  return {
    mock,
    clock,
    session,
    begin,
    send: (method, path, { json, text, headers = {} } = {}) => {
      const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
      const type = body === undefined ? {} : { "content-type": "application/json" };
      const stream = begin(method, path, { ...type, ...headers });
      stream.end(body);
      return replyOf(stream);
    },
    last: () => {
      const entry = mock.trace().at(-1);
      if (entry === undefined) throw new Error("nothing was traced");
      return entry;
    },
    close: async () => {
      session.destroy();
      await mock.close();
    },
  };
}

/** Runs a test on a mock behind TLS and closes it whatever happens. */
export async function withStreamOrg(
  policy: PolicyFile | string,
  test: (org: StreamOrg) => Promise<void>,
): Promise<void> {
  const org = await startStreamOrg(policy);
  try {
    await test(org);
  } finally {
    await org.close();
  }
}
