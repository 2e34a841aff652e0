import type { ConcurrencyPolicy } from "./concurrency-policy.js";
import type { DimensionName } from "./dimension-names.js";
import type { IdempotencyPolicy } from "./idempotency-policy.js";

/** The rules that may answer a request before it is carried out. */
export type OrderWord = "auth" | "rateLimit" | "key" | "validation" | "precondition" | "lock";

/** The platform's own writes, which move tokens though no client wrote. */
export interface Churn {
  readonly everyMs: number;
  /** Each interval is longer or shorter by up to this much. */
  readonly jitterMs: number;
  readonly on: "conversations";
}

/** Writes are refused while the resource is in one of these states; it clears by itself. */
interface Locks {
  readonly states: readonly string[];
  readonly status: number;
  readonly code: string;
  /** How long a lock lasts; null: until the state changes. */
  readonly forMs: number | null;
}

/** Writes are refused for ever once the resource is in one of these states. */
interface Terminal {
  readonly states: readonly string[];
  readonly status: number;
}

/** The members whose values a policy can make unique. */
export const UNIQUE_FIELDS = ["users.email", "groups.name", "things.name"] as const;

/** A member whose value a policy can make unique. */
export type UniqueField = (typeof UNIQUE_FIELDS)[number];

/** No two resources may have the same value of this member. */
interface UniqueRule {
  readonly on: UniqueField;
  readonly status: number;
  readonly code: string;
}

/** A group is referenced while it has members, a thing while the `parentId` of another thing names it. */
export const REFERENCED_KINDS = ["groups", "things"] as const;

/** What a policy can keep from being deleted. */
export type ReferencedKind = (typeof REFERENCED_KINDS)[number];

/** A delete of such a resource is refused while something refers to it. */
interface ReferenceRule {
  readonly on: ReferencedKind;
  readonly status: number;
}

/** At most this many requests a minute for each token; `retryAfter` adds the header to the 429. */
export interface RateLimit {
  readonly perMinute: number;
  readonly retryAfter: boolean;
}

/** What the answer to a write that succeeded looks like. */
export interface SuccessAnswer {
  readonly status: number;
  readonly body: "representation" | "empty";
}

/** How error bodies are written. `opaque` is one constant body for every refusal. */
export type ErrorStyle = "genesys" | "problem+json" | "stripe" | "generic" | "graphql" | "opaque";

/** A middleware of the user's own between client and server. `name` is the header dropped or the member added. */
export type Front =
  | { readonly kind: "cache"; readonly by: "key" }
  | { readonly kind: "rewrite"; readonly what: "reserialise" }
  | { readonly kind: "rewrite"; readonly what: "drop-header" | "add-field"; readonly name: string };

/** What can go wrong on purpose. `before` and `after` are seen from the effect of the request. */
export type FaultKind =
  | "drop-response"
  | "reset-before"
  | "reset-after"
  | "delay"
  | "5xx-before"
  | "5xx-after"
  | "429"
  | "truncate"
  | "wrong-length"
  | "bad-gzip"
  | "garbage"
  | "slow-drip"
  | "duplicate-delivery"
  | "expire-token"
  | "spurious-conflict";

/** A fault and the requests that it hits: all of `on` must fit; null fits every request. */
export interface FaultRule {
  readonly on: {
    readonly route: RouteMatch | null;
    readonly step: string | null;
    /** Counts from 1 among the requests that fit route and step. */
    readonly nth: number | null;
  };
  readonly kind: FaultKind;
  /** From 0 to 1. */
  readonly probability: number;
  /** Length of a `delay` or pause of a `slow-drip`. */
  readonly forMs: number;
  /** Status of `5xx-before` and `5xx-after`. */
  readonly status: number;
}

/** Every dimension, each with a closed set of values: what a server promises for one request. */
export interface Dimensions {
  /** Which rule answers first. Always all six words. */
  readonly order: readonly OrderWord[];
  readonly idempotency: IdempotencyPolicy;
  readonly concurrency: ConcurrencyPolicy;
  readonly churn: Churn | null;
  readonly locks: Locks | null;
  readonly terminal: Terminal | null;
  readonly unique: readonly UniqueRule[];
  readonly references: readonly ReferenceRule[];
  readonly permissions: { readonly missingScope: 403 | 409 };
  readonly success: SuccessAnswer;
  readonly latency: { readonly baseMs: number; readonly jitterMs: number };
  readonly rateLimit: RateLimit | null;
  readonly errors: ErrorStyle;
  readonly front: Front | null;
  readonly faults: readonly FaultRule[];
}

/** What holds for one request, after the first fitting route was merged over the base. */
export type RoutePolicy = Dimensions;

/** Some of the dimensions. Maps may be partial; lists, and maps with a `kind`, are whole. */
export type Layer<T> = T extends
  | readonly unknown[]
  | { readonly kind: string }
  | string
  | number
  | boolean
  | null
  ? T
  : { readonly [Name in keyof T]?: Layer<T[Name]> };

/** `METHOD /path/{id}`: a `{name}` stands for one segment, the method `*` for any. */
export interface RouteMatch {
  /** Upper case, or `*`. */
  readonly method: string;
  readonly path: string;
}

/** A dimension that nobody has established. The mock obeys the value given; the note says what is open. */
export interface OpenQuestion {
  /** As in a policy file, with dots: `idempotency.support`. */
  readonly dimension: string;
  readonly note: string;
}

/** The source of a value that no source gives. */
export const OWN_CHOICE = "gcidem's choice";

/** Who says so, for each of some dimensions. */
export type Sources<Name extends DimensionName = DimensionName> = Readonly<Record<Name, string>>;

/** What differs on one route. */
export interface RouteRule {
  readonly match: RouteMatch;
  /** One sentence for people; null where the file gives none. */
  readonly description: string | null;
  /** Who says so, and when it was read; null where the file gives none. */
  readonly source: string | null;
  /** Of the dimensions that this route changes. */
  readonly sources: Partial<Sources>;
  readonly overrides: Layer<Dimensions>;
  readonly unknown: readonly OpenQuestion[];
}

/**
 * Which paths the server has besides the generic ones: the vendor's, or these and the ones that forum posts made up
 * (`conversations/voice`, `dataactions`, `GET participants`, `/api/charges`).
 */
export type PathSet = "documented" | "forum-lore";

/** What a server promises about keys and versions: a base, and routes of which the first that fits is merged over it. */
export interface Policy extends Dimensions {
  /** A preset's name, a file's name, or `inline`. */
  readonly name: string;
  readonly description: string;
  readonly source: string | null;
  /** Of the base: a preset's document, a policy file's name, or that it is gcidem's choice. */
  readonly sources: Sources;
  readonly paths: PathSet;
  readonly unknown: readonly OpenQuestion[];
  /** Tried in this order. */
  readonly routes: readonly RouteRule[];
}
