import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../core/clock.js";
import type { MaybePromise } from "../idempotency/maybe-promise.js";
import type { Connections, ServedConnection } from "./connections.js";
import type { ControlAnswer } from "./control/control-answer.js";
import type { OpenSocket, OpenSockets } from "./open-sockets.js";
import type { Outcome, WireEnd } from "./passage.js";
import type { BodyReader, Incoming } from "./read-body.js";
import type { MockRequest } from "./request.js";
import type { ServerLimits } from "./server-limits.js";

/** What a server asks about a request. */
export interface Handler {
  readonly handle: (request: MockRequest) => MaybePromise<Outcome>;
  /** The answer to a body that is larger than the server reads; nothing of it was kept. */
  readonly refuseLarge: (request: MockRequest) => Outcome;
  readonly clock: Clock;
  /** Answers paths under `/__gcidem/`. Null: they are unknown like any other. */
  readonly control: ((request: MockRequest) => MaybePromise<ControlAnswer>) | null;
}

/** An answer as bytes are made of it. */
export interface WireAnswer {
  readonly status: number;
  /** Name, value, name, value; not read-only, since Node's own types want it so. */
  readonly headers: string[];
  readonly body: string;
  /**
   * Status line aside, all of it as HTTP/1.1 has it on a connection that goes on, `closing` being the headers of that.
   * Null or absent: it has to be put together with more care.
   */
  readonly text?: (closing: string) => string | null;
}

/** How answers leave over one protocol. `Response` is Node's object for the answer to one request. */
export interface Wire<Response> {
  /** True once the client hung up. */
  readonly isGone: (response: Response) => boolean;
  /** Calls once when the client hangs up before its answer was sent. */
  readonly onGone: (response: Response, listener: () => void) => void;
  /** Sends an answer. `isLast`: the connection takes no more requests. */
  readonly send: (response: Response, answer: WireAnswer, isLast: boolean) => void;
  /** Sends an answer while the body still comes; calls `done` once the rest of it need not be read any more. */
  readonly sendEarly: (response: Response, answer: WireAnswer, done: () => void) => void;
  /** Sends an answer as a fault leaves it. `pause` is what lies between the pieces of a slow one. */
  readonly spoil: (response: Response, answer: WireAnswer, how: Spoiling) => Promise<void>;
  /** Ends the exchange without an answer. */
  readonly cut: (response: Response, end: WireEnd) => void;
}

/** How an answer is spoiled. */
export interface Spoiling {
  readonly end: WireEnd;
  readonly pause: () => Promise<void>;
}

/**
 * How far a request has come: its body is still being read, or the server works on it, or it is answered (or nobody waits
 * for its answer any more).
 */
type Stage = "receiving" | "working" | "over";

/** A request whose header fields are there, on its way to its answer. One object, since there is one per request. */
export interface Exchange<Response> extends Incoming {
  readonly wire: Wire<Response>;
  readonly response: Response;
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly connection: ServedConnection;
  readonly open: OpenSocket;
  stage: Stage;
  /** True where it is for the control endpoints: asking for the trace makes nobody a rival. */
  isControl: boolean;
}

/** What each protocol needs of its server. */
export interface ServeContext {
  readonly connections: Connections;
  readonly sockets: OpenSockets;
  readonly bodies: BodyReader;
  readonly limits: ServerLimits;
  readonly warn: (warning: string) => void;
  /** Takes a request through to its answer. */
  readonly serve: <Response>(exchange: Exchange<Response>) => void;
  /** Nobody waits for its answer any more; does nothing where it is over. */
  readonly abandon: <Response>(exchange: Exchange<Response>) => void;
}
