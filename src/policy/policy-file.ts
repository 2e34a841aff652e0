import type { ConversationState } from "../core/conversation-states.js";
import type { ConcurrencyPolicy } from "./concurrency-policy.js";
import type { DimensionName } from "./dimension-names.js";
import type {
  AfterOutcome,
  FingerprintPolicy,
  InFlightPolicy,
  MismatchPolicy,
  OutcomeClass,
  ReplayPolicy,
  ScopePart,
  WriteMethod,
} from "./idempotency-policy.js";
import type {
  Churn,
  Dimensions,
  FaultKind,
  OrderWord,
  PathSet,
  ReferencedKind,
  SuccessAnswer,
  UniqueField,
} from "./policy.js";

/** `250ms`, `5s`, `15m`, `24h`. */
export type DurationText = string;

/** A bare word is short for a map with that kind. */
export type WordOrMap<Word extends string> = Word | { readonly kind: Word };

/** `{ status: N }`. */
export interface StatusMap {
  readonly status: number;
}

/** `atomic`, `check-then-set`, or a map that gives the window. */
export type AtomicityFile =
  | WordOrMap<"atomic" | "check-then-set">
  | { readonly kind: "check-then-set"; readonly window?: DurationText };

/** `none | bytes | ...` or the members that count. */
export type BodyFingerprintFile =
  | WordOrMap<"none" | "bytes" | "serialised" | "canonical-json" | "member-names">
  | { readonly fields: readonly string[] };

/** The idempotency part of a policy as people write it. */
export interface IdempotencyFile {
  readonly support?: "honoured" | "ignored" | "required" | "rejected";
  /** `header NAME`, `query NAME` or `body FIELD`. */
  readonly carrier?: string;
  readonly syntax?: "bare" | "quoted" | "normalised";
  readonly maxLength?: number;
  readonly missing?: StatusMap;
  readonly malformed?: StatusMap;
  readonly methods?: readonly WriteMethod[];
  readonly scope?: readonly ScopePart[];
  readonly fingerprint?: Partial<Omit<FingerprintPolicy, "body">> & { readonly body?: BodyFingerprintFile };
  readonly mismatch?: Partial<MismatchPolicy>;
  readonly mismatchKeeps?: "original" | "overwritten" | "dropped";
  readonly inFlight?: Partial<Omit<InFlightPolicy, "retryAfterMs">> & {
    readonly retryAfter?: DurationText | null;
  };
  readonly inFlightOrder?: "fingerprint-first" | "lock-first" | "neither";
  readonly claim?: AtomicityFile;
  readonly outcomes?: Partial<Record<OutcomeClass, AfterOutcome>>;
  /** `marker` is `header NAME` or null. */
  readonly replay?: Partial<ReplayPolicy>;
  readonly ttl?: DurationText | "forever";
  readonly ttlFrom?: "first-use" | "last-use";
  readonly afterExpiry?: WordOrMap<"execute"> | StatusMap;
  readonly onDisconnect?: "completes" | "releases" | "sticks";
  readonly keyOutlivesResource?: boolean;
  readonly echo?: boolean;
  readonly lookup?: string | null;
}

/** A validator as people write it; `form` is integer for a version and opaque for a revision unless it says otherwise. */
export type ValidatorFile =
  | WordOrMap<"none" | "etag-strong" | "etag-weak">
  | "version"
  | "revision"
  | {
      readonly kind: "version" | "revision";
      readonly name?: string;
      readonly form?: "integer" | "opaque";
      readonly etag?: "none" | "strong" | "weak";
    };

/** `accepted` or `{ status: N }`. */
export type AbsentFile = WordOrMap<"accepted"> | StatusMap;

/** The concurrency part of a policy as people write it. */
export interface ConcurrencyFile
  extends Partial<
    Pick<
      ConcurrencyPolicy,
      | "meaning"
      | "precedence"
      | "comparison"
      | "tokenInWriteResponse"
      | "createOnly"
      | "granularity"
      | "noOpWrite"
      | "patchMerges"
      | "malformed"
    >
  > {
  readonly validator?: ValidatorFile;
  /** `if-match`, `body NAME` or `query NAME`. */
  readonly readFrom?: readonly string[];
  readonly stale?:
    | WordOrMap<"accepted" | "200-with-error">
    | { readonly status?: number; readonly hint?: "none" | "current-token" | "retry-after" };
  readonly absent?: AbsentFile | Partial<Record<WriteMethod, AbsentFile>>;
  readonly readLag?: DurationText;
  readonly check?: AtomicityFile;
}

/** A fault as people write it. */
export interface FaultFile {
  readonly on?: { readonly route?: string; readonly step?: string; readonly nth?: number };
  readonly kind: FaultKind | 429;
  readonly probability?: number;
  readonly for?: DurationText;
  readonly status?: number;
}

/** Any dimensions as people write them. What is left out keeps the value that it extends. */
export interface LayerFile {
  readonly order?: readonly OrderWord[];
  readonly idempotency?: IdempotencyFile;
  readonly concurrency?: ConcurrencyFile;
  readonly churn?: {
    readonly every: DurationText;
    readonly jitter?: DurationText;
    readonly on?: Churn["on"];
  } | null;
  readonly locks?: {
    readonly states: readonly ConversationState[];
    readonly status?: number;
    readonly code?: string;
    readonly for?: DurationText | "until-state-changes";
  } | null;
  readonly terminal?: { readonly states: readonly ConversationState[]; readonly status?: number } | null;
  readonly unique?: readonly { readonly on: UniqueField; readonly status?: number; readonly code?: string }[];
  readonly references?: readonly { readonly on: ReferencedKind; readonly status?: number }[];
  readonly permissions?: { readonly missingScope: 403 | 409 };
  readonly success?: Partial<SuccessAnswer>;
  readonly latency?: { readonly base?: DurationText; readonly jitter?: DurationText };
  readonly rateLimit?: { readonly perMinute: number; readonly retryAfter?: boolean } | null;
  readonly errors?: Dimensions["errors"];
  readonly front?:
    | { readonly kind: "cache"; readonly by?: "key" }
    | {
        readonly kind: "rewrite";
        readonly what: "reserialise" | "drop-header" | "add-field";
        readonly name?: string;
      }
    | null;
  readonly faults?: readonly FaultFile[];
}

/** What people say beside the dimensions. */
interface Remarks {
  readonly description?: string;
  readonly source?: string;
  /** Who says so of single dimensions, where that is not `source`. */
  readonly sources?: Readonly<Partial<Record<DimensionName, string>>>;
  /** What nobody has established: dimension with dots -> what is open. */
  readonly unknown?: Readonly<Record<string, string>>;
}

/** One entry of `routes`. */
export interface RouteFile extends LayerFile, Remarks {
  readonly match: string;
}

/** A policy file as people write it. Presets are written in the same words. */
export interface PolicyFile extends LayerFile, Remarks {
  /** A preset's name, or `none` for a server that promises nothing. Default: documented. */
  readonly extends?: string;
  readonly paths?: PathSet;
  readonly routes?: readonly RouteFile[];
}
