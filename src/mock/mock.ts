import type { Cause, Mover } from "../core/causes.js";
import type { AdjustableClock } from "../core/clock.js";
import type { ArmedFault, AuthKind, Reset } from "../core/target.js";
import type { World } from "../core/world.js";
import type { MaybePromise } from "../idempotency/maybe-promise.js";
import type { Policy } from "../policy/policy.js";

/** What the mock decided about one request, and why. Never visible in a response. */
export interface TraceEntry {
  readonly method: string;
  /** Path without the query, as it was sent. */
  readonly path: string;
  /** The idempotency key as the server read it, or as it was sent where no rule read it; null where none came. */
  readonly key: string | null;
  /** Null where the connection ended without an answer. */
  readonly status: number | null;
  /** The rule that refused, or what makes a success not what it seems; null for a plain success. */
  readonly cause: Cause | null;
  /** Who moved the token, where a token was stale. */
  readonly movedBy: Mover | null;
  /** One sentence for people; null for a plain success. */
  readonly reason: string | null;
  readonly correlationId: string;
  /** True where the request had its effect, whatever the client was told. */
  readonly executed: boolean;
  /** Milliseconds on the mock's clock when the request had arrived as a whole. */
  readonly arrivedAt: number;
  /** Milliseconds on the mock's clock when the decision fell. */
  readonly at: number;
}

/** A decision as an access log needs it. The texts are as clients sent them: hostile, and not free of secrets. */
export interface Decision {
  readonly entry: TraceEntry;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  /** When the request was there as a whole, on the mock's calendar. */
  readonly epochMs: number;
  /** Milliseconds on the mock's clock from there to the decision. */
  readonly durationMs: number;
  /** The operation that an unknown path most likely meant, such as `GET /api/v2/users/{id}`; null for any other. */
  readonly nearest: string | null;
}

/** How to start a mock org. */
export interface MockOptions {
  readonly policy: Policy;
  /** Default 1. Equal seeds, policies and requests give equal ids, tokens and correlation IDs. */
  readonly seed?: number;
  /** What exists at the start; null or absent: things come into being at first sight. */
  readonly world?: World | null;
  /** Default: a clock that runs with the world, plus what the control endpoints add. */
  readonly clock?: AdjustableClock;
  /** Default 0: any free port. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Serves HTTPS, with HTTP/2 by ALPN: `true` with a self-signed certificate made now, or with one that is given. */
  readonly tls?: boolean | Certificate;
  /** Default `memory`; or `redis://HOST:PORT`, which several mocks may share to be one server. */
  readonly store?: string;
  /** What {@link Mock.save} gave: the mock goes on from there. Null or absent: it starts anew. */
  readonly saved?: string | null;
  /** False: no path under `/__gcidem/` controls the mock. Where it listens off loopback none ever does. */
  readonly control?: boolean;
  /** Called with each decision, once its answer is on its way: an access log. Control requests are no decisions. */
  readonly onDecision?: (decision: Decision) => void;
  /** Called with what an operator should know, such as a store that went away. */
  readonly onWarning?: (warning: string) => void;
}

/** A certificate with its key, both PEM. */
export interface Certificate {
  readonly cert: string;
  readonly key: string;
}

/** A mock org that is serving. */
export interface Mock {
  /** Origin without a trailing slash. */
  readonly url: string;
  /** Time for everything that the mock does; with a store that mocks share, all of theirs. */
  readonly clock: AdjustableClock;
  /** The policy that is obeyed now. */
  readonly policy: () => Policy;
  /** Decisions since the start or the last reset, oldest first: a ring of the last 100,000. */
  readonly trace: () => readonly TraceEntry[];
  /** Starts the world anew: resources, keys, counters, trace. The clock goes on. */
  readonly reset: (reset: Reset) => MaybePromise<void>;
  readonly setPolicy: (policy: Policy) => MaybePromise<void>;
  /** Learns what servers of the same store did to time, policy and world since the last request here. */
  readonly catchUp: () => MaybePromise<void>;
  /** Makes the next request to an operation fail in this way. */
  readonly arm: (fault: ArmedFault) => void;
  /** Says which step of a scenario sends the next request: the faults of a policy may name one. */
  readonly announce: (step: string) => void;
  /**
   * A bearer token for a principal of the world (null: the default one, which may do everything); null for `none`.
   * The default principal's token is always fresh. Any other keeps its token until the mock refused it as expired, as
   * a client does that looks at nothing but the answer.
   */
  readonly token: (principal: string | null, auth: AuthKind) => string | null;
  /** Resources, keys and counters as text, for {@link MockOptions.saved}. Tokens are left out: clients log in again. */
  readonly save: () => MaybePromise<string>;
  /** Takes no more requests, answers those that are under way (at most `graceMs`), then closes. */
  readonly stop: (graceMs: number) => Promise<void>;
  /** Stops serving and ends every connection at once. */
  readonly close: () => Promise<void>;
}
