import type { IncomingHttpHeaders } from "node:http";
import type { Clock } from "../core/clock.js";
import { andThen, type MaybePromise } from "../idempotency/maybe-promise.js";
import { wireHeaders } from "./answer.js";
import type { Connection, Connections } from "./connections.js";
import type { ControlAnswer } from "./control/control-answer.js";
import { CONTROL_PREFIX } from "./control.js";
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

/** A request whose header fields are there. */
export interface Arrival<Response> extends Incoming {
  readonly wire: Wire<Response>;
  readonly response: Response;
  readonly method: string;
  /** The request target as it was sent. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  readonly connection: Connection;
  readonly open: OpenSocket;
}

/** What an exchange needs of its server. */
export interface ExchangeContext {
  readonly handler: Handler;
  readonly connections: Connections;
  readonly sockets: OpenSockets;
  readonly bodies: BodyReader;
  /** True once the server takes no more connections. */
  readonly isStopping: () => boolean;
  readonly warn: (warning: string) => void;
}

/** What each protocol needs of its server. */
export interface ServeContext extends ExchangeContext {
  readonly serve: Serve;
  readonly limits: ServerLimits;
}

/** Takes a request through to its answer; what it gives back is to be called where the client goes away before that. */
export type Serve = <Response>(arrival: Arrival<Response>) => () => void;

/** The target of a request as path and query; RFC 9112, 3.2.2 lets a client send a whole URL. */
function pathAndQuery(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  return rest === "" || rest.startsWith("?") ? `/${rest}` : rest;
}

function toRequest<Response>(arrival: Arrival<Response>, target: string, body: Buffer): MockRequest {
  const { wire, response } = arrival;
  const mark = target.indexOf("?");
  // Every member by name: a spread inside a literal cost 5 µs a request, a tenth of all (Node 20, 2026-11-22).
  return {
    method: arrival.method,
    path: mark === -1 ? target : target.slice(0, mark),
    query: mark === -1 ? "" : target.slice(mark + 1),
    headers: arrival.headers,
    body,
    connection: arrival.connection,
    gone: () => wire.isGone(response),
    onGone: (listener) => wire.onGone(response, listener),
  };
}

/** `Date` has whole seconds: one text serves all answers within one. */
function createDates(epochMs: () => number): () => string {
  let second = Number.NaN;
  let text = "";
  return () => {
    const now = Math.floor(epochMs() / 1000);
    if (now !== second) {
      second = now;
      text = new Date(now * 1000).toUTCString();
    }
    return text;
  };
}

/** An answer with no headers but its own, the date and its length. */
function plainAnswer({ status, headers, body }: ControlAnswer, date: string): WireAnswer {
  const all = ["Date", date, ...headers.flat()];
  if (status !== 204) all.push("Content-Length", String(Buffer.byteLength(body)));
  return { status, headers: all, body };
}

/** To a control request whose body was not even read. */
const TOO_LARGE: ControlAnswer = { status: 413, headers: [], body: "" };

const EMPTY = Buffer.alloc(0);

/** A request that is counted as under way. */
interface Stay {
  /** All of it is there. */
  readonly received: () => void;
  /** It is answered, or nobody waits for it any more; only the first call counts. */
  readonly leave: () => void;
}

/** Asking for the trace makes nobody a rival: control requests are counted for the socket alone. */
function enter(open: OpenSocket, connection: Connection | null, context: ExchangeContext): Stay {
  const { sockets, connections } = context;
  let isReceived = false;
  let hasLeft = false;
  sockets.began(open);
  if (connection !== null) connections.began(connection);
  return {
    received: () => {
      isReceived = true;
      sockets.received(open);
    },
    leave: () => {
      if (hasLeft) return;
      hasLeft = true;
      sockets.answered(open, isReceived);
      if (connection !== null) connections.ended(connection);
    },
  };
}

/** A request with its stay, whatever its protocol. */
interface Under<Response> {
  readonly arrival: Arrival<Response>;
  readonly stay: Stay;
  readonly isControl: boolean;
  /** True where its body was too large and is still coming. */
  readonly isEarly: boolean;
}

/** Sends what a request came to. */
interface Senders {
  readonly outcome: <Response>(under: Under<Response>, outcome: Outcome) => void;
  readonly control: <Response>(under: Under<Response>, answer: ControlAnswer) => void;
}

function createSenders({ handler: { clock }, isStopping }: ExchangeContext): Senders {
  const date = createDates(clock.epochMs);
  const whole = <Response>({ arrival, stay, isEarly }: Under<Response>, answer: WireAnswer): void => {
    const { wire, response } = arrival;
    if (isEarly) {
      wire.sendEarly(response, answer, stay.leave);
      return;
    }
    if (!wire.isGone(response)) wire.send(response, answer, isStopping());
    stay.leave();
  };
  return {
    outcome: (under, outcome) => {
      const { wire, response } = under.arrival;
      const { answer, end } = outcome;
      if (answer === null) {
        wire.cut(response, end);
        under.stay.leave();
        return;
      }
      const { status, body } = answer;
      const sent: WireAnswer = { status, headers: wireHeaders(answer, outcome.rate, date()), body };
      if (end === "answer" || wire.isGone(response)) {
        whole(under, sent);
        return;
      }
      const pause = (): Promise<void> => clock.sleep(outcome.pauseMs);
      void wire.spoil(response, sent, { end, pause }).finally(under.stay.leave);
    },
    control: (under, answer) => whole(under, plainAnswer(answer, date())),
  };
}

/** Makes the one way of all requests to their answers. */
export function createServe(context: ExchangeContext): Serve {
  const { handler, bodies, warn } = context;
  const { control } = handler;
  const send = createSenders(context);

  /** What a client sent never gets here: a bug must end one exchange, not the server. */
  const fail = <Response>({ arrival, stay }: Under<Response>, error: unknown): void => {
    warn(`a bug in gcidem: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    arrival.wire.cut(arrival.response, "reset");
    stay.leave();
  };

  const decide = <Response>(under: Under<Response>, request: MockRequest): MaybePromise<void> => {
    const { isEarly, isControl } = under;
    if (control === null || !isControl) {
      if (isEarly) return send.outcome(under, handler.refuseLarge(request));
      return andThen(handler.handle(request), (outcome) => send.outcome(under, outcome));
    }
    if (isEarly) return send.control(under, TOO_LARGE);
    return andThen(control(request), (answer) => send.control(under, answer));
  };

  return (arrival) => {
    const target = pathAndQuery(arrival.target);
    const isControl = control !== null && target.startsWith(CONTROL_PREFIX);
    const stay = enter(arrival.open, isControl ? null : arrival.connection, context);
    bodies.read(arrival, (body) => {
      stay.received();
      const under = { arrival, stay, isControl, isEarly: body === null };
      try {
        const decided = decide(under, toRequest(arrival, target, body ?? EMPTY));
        if (decided instanceof Promise) decided.catch((error) => fail(under, error));
      } catch (error) {
        fail(under, error);
      }
    });
    return stay.leave;
  };
}
