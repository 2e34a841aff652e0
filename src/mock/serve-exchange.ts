import { andThen, type MaybePromise } from "../idempotency/maybe-promise.js";
import { type Answer, wireHeaders, wireText } from "./answer.js";
import type { ControlAnswer } from "./control/control-answer.js";
import { CONTROL_PREFIX } from "./control.js";
import type { Exchange, Handler, ServeContext, WireAnswer } from "./exchange.js";
import type { Outcome } from "./passage.js";
import type { RateState } from "./rate-limit.js";
import type { MockRequest } from "./request.js";

/** The target of a request as path and query; RFC 9112, 3.2.2 lets a client send a whole URL. */
function pathAndQuery(target: string): string {
  if (target.startsWith("/")) return target;
  const rest = target.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "");
  return rest === "" || rest.startsWith("?") ? `/${rest}` : rest;
}

/** A request with its body. One object and no closures, since there is one per request. */
class ServedRequest<Response> implements MockRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  readonly headers: MockRequest["headers"];
  readonly body: Buffer;
  readonly connection: MockRequest["connection"];
  readonly #exchange: Exchange<Response>;

  constructor(exchange: Exchange<Response>, target: string, body: Buffer) {
    const mark = target.indexOf("?");
    this.method = exchange.method;
    this.path = mark === -1 ? target : target.slice(0, mark);
    this.query = mark === -1 ? "" : target.slice(mark + 1);
    this.headers = exchange.headers;
    this.body = body;
    this.connection = exchange.connection;
    this.#exchange = exchange;
  }

  gone(): boolean {
    const { wire, response } = this.#exchange;
    return wire.isGone(response);
  }

  onGone(listener: () => void): void {
    const { wire, response } = this.#exchange;
    wire.onGone(response, listener);
  }
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

/** An answer whose headers are put together in the one form that its protocol wants. */
class DecidedAnswer implements WireAnswer {
  readonly status: number;
  readonly body: string;
  readonly #answer: Answer;
  readonly #rate: RateState | null;
  readonly #date: string;

  constructor(answer: Answer, rate: RateState | null, date: string) {
    this.status = answer.status;
    this.body = answer.body;
    this.#answer = answer;
    this.#rate = rate;
    this.#date = date;
  }

  get headers(): string[] {
    return wireHeaders(this.#answer, this.#rate, this.#date);
  }

  text(closing: string): string | null {
    return wireText(this.#answer, this.#rate, { date: this.#date, closing });
  }
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

/** What serving needs. */
export interface Serving extends Omit<ServeContext, "serve" | "abandon"> {
  readonly handler: Handler;
  /** True once the server takes no more connections. */
  readonly isStopping: () => boolean;
}

/** Notes that a request is over, once. */
type Leave = <Response>(exchange: Exchange<Response>) => void;

function createLeave({ sockets, connections }: Serving): Leave {
  return (exchange) => {
    const { stage, open, connection, isControl } = exchange;
    if (stage === "over") return;
    exchange.stage = "over";
    sockets.answered(open, stage === "working");
    if (!isControl) connections.ended(connection);
  };
}

/** Sends what a request came to. `isEarly`: its body was too large and still comes. */
interface Senders {
  readonly outcome: <Response>(exchange: Exchange<Response>, outcome: Outcome, isEarly: boolean) => void;
  readonly control: <Response>(exchange: Exchange<Response>, answer: ControlAnswer, isEarly: boolean) => void;
}

function createSenders({ handler: { clock }, isStopping }: Serving, leave: Leave): Senders {
  const date = createDates(clock.epochMs);
  const whole = <Response>(exchange: Exchange<Response>, answer: WireAnswer, isEarly: boolean): void => {
    const { wire, response } = exchange;
    const isGone = wire.isGone(response);
    if (isEarly && !isGone) {
      wire.sendEarly(response, answer, () => leave(exchange));
      return;
    }
    if (!isGone) wire.send(response, answer, isStopping());
    leave(exchange);
  };
  return {
    outcome: (exchange, { answer, end, rate, pauseMs }, isEarly) => {
      const { wire, response } = exchange;
      if (answer === null) {
        wire.cut(response, end);
        leave(exchange);
        return;
      }
      const sent = new DecidedAnswer(answer, rate, date());
      if (end === "answer" || wire.isGone(response)) {
        whole(exchange, sent, isEarly);
        return;
      }
      const spoiled = wire.spoil(response, sent, { end, pause: () => clock.sleep(pauseMs) });
      void spoiled.finally(() => leave(exchange));
    },
    control: (exchange, answer, isEarly) => whole(exchange, plainAnswer(answer, date()), isEarly),
  };
}

/** Makes the one way of all requests to their answers. */
export function createServe(serving: Serving): Pick<ServeContext, "serve" | "abandon"> {
  const { handler, sockets, connections, bodies, warn } = serving;
  const { control } = handler;
  const leave = createLeave(serving);
  const send = createSenders(serving, leave);

  /** What a client sent never gets here: a bug must end one exchange, not the server. */
  const fail = <Response>(exchange: Exchange<Response>, error: unknown): void => {
    warn(`a bug in gcidem: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
    exchange.wire.cut(exchange.response, "reset");
    leave(exchange);
  };

  const decide = <Response>(
    exchange: Exchange<Response>,
    request: MockRequest,
    isEarly: boolean,
  ): MaybePromise<void> => {
    if (control === null || !exchange.isControl) {
      if (isEarly) return send.outcome(exchange, handler.refuseLarge(request), true);
      return andThen(handler.handle(request), (outcome) => send.outcome(exchange, outcome, false));
    }
    if (isEarly) return send.control(exchange, TOO_LARGE, true);
    return andThen(control(request), (answer) => send.control(exchange, answer, false));
  };

  return {
    serve: (exchange) => {
      const target = pathAndQuery(exchange.target);
      exchange.isControl = control !== null && target.startsWith(CONTROL_PREFIX);
      sockets.began(exchange.open);
      if (!exchange.isControl) connections.began(exchange.connection);
      bodies.read(exchange, (body) => {
        if (exchange.stage === "over") return;
        exchange.stage = "working";
        sockets.received(exchange.open);
        try {
          const decided = decide(exchange, new ServedRequest(exchange, target, body ?? EMPTY), body === null);
          if (decided instanceof Promise) decided.catch((error) => fail(exchange, error));
        } catch (error) {
          fail(exchange, error);
        }
      });
    },
    abandon: leave,
  };
}
