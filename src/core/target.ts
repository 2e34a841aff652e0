import type { Clock } from "./clock.js";
import type { HeaderList } from "./http.js";
import type { World } from "./world.js";

/** What kind of server a run talks to. `recording` is traffic that somebody else caused. */
export type TargetKind = "mock" | "genesys" | "http" | "recording";

/** Which credentials a request carries: the target's own, none, or ones that the server must refuse. */
export type AuthKind = "valid" | "none" | "invalid" | "expired";

/** What goes wrong on purpose with one request (policy.md, `faults`). Mock only. */
export interface ArmedFault {
  readonly kind: string;
}

/** A world, a seed and nothing else: what each round on the mock starts from. */
export interface Reset {
  readonly seed: number;
  readonly world: World | null;
}

/** At once where the mock is in this process, later where it has to be asked over the network. */
type Soon<T> = T | Promise<T>;

/** What a target calls the headers that a run needs to know. */
export interface TargetNames {
  /** What a step's key is sent in, and how, where the step does not say. */
  readonly idempotencyKey: { readonly header: string; readonly syntax: "bare" | "quoted" };
  /** Response headers that may carry the correlation ID: the first that is there counts. */
  readonly correlationId: readonly string[];
  /** A request header in which gcidem sends an ID of its own with each request; null: none. */
  readonly sentCorrelationId: string | null;
  /** The response header that carries the validator. */
  readonly validator: string;
}

/** What only a target with settings of its own needs: a login, a limit, header lines. */
export interface TargetManners {
  /**
   * Makes sure that there is a credential, before the first request.
   * @throws GcidemError `login`, `unreachable` or `interrupted`
   */
  readonly begin: () => Promise<void>;
  /** Lines for a request to the target that lacks them: never for one to another origin. */
  readonly headers: (auth: AuthKind) => HeaderList;
  /** Waits until so many requests may leave together. */
  readonly reserve: (count: number, signal: AbortSignal) => Promise<void>;
  /** Hears each answer's headers, for the limits that they tell. */
  readonly heed: (headers: HeaderList) => void;
  /**
   * A request that was sent at this instant (ms on the target's clock) with its credential was answered 401. Gives whether
   * there is a newer credential now, with which it can be sent once more.
   */
  readonly renew: (sentMs: number) => Promise<boolean>;
}

/** A server that a run can send requests to. The optional parts exist on the mock alone, but for `manners` and `names`. */
export interface Target {
  readonly kind: TargetKind;
  /** Origin and path prefix, without a trailing slash. */
  readonly baseUrl: string;
  /** Name of the policy that the server obeys; null where nobody knows. */
  readonly policy: string | null;
  readonly clock: Clock;
  /** True where waiting costs nothing. */
  readonly virtualTime: boolean;
  /** The Authorization value for a principal (null: the target's own), or null to send none. */
  readonly authorization: (principal: string | null, auth: AuthKind) => Soon<string | null>;
  /** Absent: nothing has to be heeded. */
  readonly manners?: TargetManners;
  /** Absent: the usual names. */
  readonly names?: TargetNames;
  /** Makes the next request fail in this way. */
  readonly arm?: (fault: ArmedFault) => Soon<void>;
  /** Says which step sends the next request, for faults that name one. */
  readonly announce?: (step: string) => Soon<void>;
  /** Starts the world anew. */
  readonly reset?: (reset: Reset) => Soon<void>;
  /** Lets its time go at real speed while something runs, as in a race. Absent where it always does. */
  readonly atRealSpeed?: <T>(run: () => Promise<T>) => Promise<T>;
  /**
   * When requests had arrived as a whole, in ms on the server's clock, by the correlation IDs of their answers. One whose
   * answer carries an id of another is left out.
   */
  readonly arrivals?: (correlationIds: readonly string[]) => Soon<ReadonlyMap<string, number>>;
  readonly close: () => Promise<void>;
}
