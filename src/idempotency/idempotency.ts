import type { Cause, Refusal } from "../core/causes.js";
import type { HeaderList } from "../core/http.js";
import type { OutcomeClass } from "../policy/idempotency-policy.js";

/** What the key engine looks at in a request. */
export interface KeyRequest {
  /** Upper case. */
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  /** Without the question mark; empty where there is none. */
  readonly query: string;
  /** The value of a header by its name in lower case; null when absent. */
  readonly header: (name: string) => string | null;
  readonly body: Uint8Array;
  readonly account: string;
  readonly principal: string;
}

/**
 * What is kept of a body to recognise it again. Short bodies are kept as they are, one character a byte, since that is
 * smaller and quicker than digests; of long ones the SHA-256 of the bytes, of the canonical JSON, and of what the
 * policy compares.
 */
export type BodyPrint =
  | { readonly kind: "kept"; readonly latin1: string }
  | {
      readonly kind: "digests";
      readonly bytes: string;
      readonly canonical: string;
      readonly compared: string;
    };

/** The request that first used a key. */
export interface FirstRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string;
  /** Values of the headers that the policy compares, in its order. */
  readonly headers: readonly (string | null)[];
  readonly body: BodyPrint;
}

/** An answer that can be given again. */
export interface StoredAnswer {
  readonly status: number;
  /** What the mock wants back on a replay. */
  readonly headers: HeaderList;
  readonly body: string;
  readonly correlationId: string;
  /** The resource that the request made or changed, in the mock's own words; null for none. */
  readonly resource: string | null;
}

/** How far the first request of a key has come. */
export type KeyState =
  | {
      readonly kind: "in-flight";
      /** After this instant another request may take over; null: never. */
      readonly leaseUntilMs: number | null;
      /** The request is gone and nobody will ever end it. */
      readonly stuck: boolean;
    }
  /** The server let go of the key, whatever becomes of the request: its connection broke, or a mismatch dropped it. */
  | { readonly kind: "released"; readonly effect: boolean }
  | {
      readonly kind: "ended";
      readonly outcome: OutcomeClass;
      readonly status: number;
      /** False where the client did not get the answer, as far as the server knows. */
      readonly delivered: boolean;
      /** Whether the request changed anything. */
      readonly effect: boolean;
      /** What the request made or changed, in the mock's own words; null for nothing. */
      readonly resource: string | null;
      /** Null where the policy keeps no answer for this outcome. */
      readonly answer: StoredAnswer | null;
    };

/** What a server remembers of a key. Instants are milliseconds of the mock's clock. */
export interface KeyRecord {
  readonly key: string;
  readonly account: string;
  /** What a repeat is compared with. */
  readonly first: FirstRequest;
  /** The request that this record is of, where a mismatch has put another one in its place; null: the first. */
  readonly answered: FirstRequest | null;
  /** The body of another request with this key that had its effect, for the trace; null: none is known. */
  readonly earlier: BodyPrint | null;
  readonly state: KeyState;
  readonly createdAtMs: number;
  readonly lastUsedAtMs: number;
  /** Until then a store must keep the record; null: for ever. */
  readonly keepUntilMs: number | null;
  /** Names this claim: who comes too late with another token changes nothing. */
  readonly token: string;
}

/**
 * What becomes of the stored record besides. `use` counts as a use of the key, `leave` does not; `take` puts this request's
 * own record in its place; `drop` lets go of the key.
 */
export type RecordChange = "use" | "leave" | "take" | "drop" | "refingerprint";

/** A refusal by the key rule. */
export interface KeyRefusal {
  readonly kind: "refuse";
  readonly status: number;
  /** Error code that the policy gives; null: the one that fits the cause. */
  readonly code: string | null;
  readonly retryAfterMs: number | null;
  readonly cause: Refusal;
  /** One sentence for people. */
  readonly reason: string;
  /** The first request, where the policy reveals it. */
  readonly reveals: FirstRequest | null;
}

/** A replay of the stored answer. */
export interface KeyReplay {
  readonly kind: "replay";
  readonly answer: StoredAnswer;
  /** The status to send: the stored one or 200, as the policy says. */
  readonly status: number;
  readonly outcome: OutcomeClass;
  /** The request that the answer was given to. */
  readonly answered: FirstRequest;
  readonly cause: Cause;
  readonly reason: string;
}

/** What the key rule says of a request whose key has a record. */
export type Decision = (
  | KeyRefusal
  | KeyReplay
  /** `cause` is set where the effect happens again or for another body. */
  | { readonly kind: "execute"; readonly cause: Cause | null; readonly reason: string | null }
  | { readonly kind: "wait" }
) & { readonly record: RecordChange };

/** The right to carry out a request under a key. */
export interface Claim {
  /** The record's name in the store. */
  readonly id: string;
  /** The token of its record, or of the one that it runs beside. */
  readonly token: string;
  /** The request's own body, where it runs beside the record of another one; null: the record is its own. */
  readonly beside: BodyPrint | null;
  /** What the policy did to the key when the client left. */
  left?: "released" | "stuck";
}

/** What to do with a request, as far as keys go. `key` is what was read; null where none counts. */
export type Beginning =
  | { readonly kind: "ignore"; readonly key: string | null }
  | {
      readonly kind: "execute";
      readonly key: string;
      readonly claim: Claim;
      readonly cause: Cause | null;
      readonly reason: string | null;
    }
  | (KeyReplay & { readonly key: string })
  | (KeyRefusal & { readonly key: string | null });

/** How a request under a claim ended. */
export interface Ending {
  readonly outcome: OutcomeClass;
  readonly answer: StoredAnswer;
  readonly delivered: boolean;
  readonly effect: boolean;
}

/** What a look-up by key tells. */
export interface KeyLookup {
  readonly state: "running" | "stuck" | "completed" | "failed";
  readonly method: string;
  readonly path: string;
  /** Null while it runs. */
  readonly status: number | null;
  readonly answer: StoredAnswer | null;
  readonly createdAtMs: number;
}
