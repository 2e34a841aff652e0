/** Where a fact stands and when it was read. */
export interface Source {
  /** Such as `JavaScript SDK 262.0.0`. */
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly readOn: string;
}

/** How a server's documents say that an outdated version is refused. */
export interface DocumentedVersion {
  /** Where a request carries it. */
  readonly carrier: "body" | "if-match";
  /** Name of the member, or `If-Match`. */
  readonly name: string;
  readonly required: boolean;
  /** Statuses named for a mismatch; empty where a mismatch is known to be refused and no status is named. */
  readonly mismatch: readonly number[];
  readonly source: Source;
}

/** A member of a documented request body. */
export interface DocumentedField {
  readonly name: string;
  readonly type: "string" | "number" | "boolean" | "object" | "array" | "map of strings" | "any";
  readonly required: boolean;
}

/** What a success is documented to look like. */
export interface DocumentedSuccess {
  /** Null: the documents say what comes back, but not with which status. */
  readonly status: number | null;
  readonly body: "representation" | "empty";
  readonly source: Source;
}

/** What the vendor documents of one operation. */
export interface DocumentedOperation {
  readonly method: string;
  /** Path template with `{parameters}`. */
  readonly path: string;
  /** `Class.method` of the vendor's SDK; null where the SDK has none, or where gcidem knows no more of it than method and path. */
  readonly sdkMethod: string | null;
  /** The header that carries an idempotency key; null: none is documented. */
  readonly keyHeader: string | null;
  /** True where If-None-Match is documented. */
  readonly ifNoneMatch: boolean;
  readonly version: DocumentedVersion | null;
  /** The vendor's name for the type of the body; null: no body is documented, or its type has no name. */
  readonly bodyType: string | null;
  /** Null: no body is documented, or any member may be in it (`openBody`). */
  readonly body: readonly DocumentedField[] | null;
  /** True where members that are not listed may be in the body, and where gcidem does not know its type. */
  readonly openBody: boolean;
  /** Null: gcidem does not know. */
  readonly success: DocumentedSuccess | null;
  /** True where the documents say that client credentials cannot call it, false where they do not say so; null: unknown. */
  readonly needsUser: boolean | null;
  /** Where the operation and its body stand. */
  readonly source: Source;
}

/** What was found for a request. */
export type DocumentedMatch =
  | { readonly kind: "documented"; readonly operation: DocumentedOperation }
  /** A path of the platform that none of the operations that gcidem knows has; `known` false: gcidem does not list all operations of this area. */
  | {
      readonly kind: "not-documented";
      readonly nearest: readonly DocumentedOperation[];
      readonly known: boolean;
    }
  /** Not a path of the platform, or not at a host of it. */
  | { readonly kind: "foreign" };

/** The part of a request that the vendor's documents can be asked about. */
export interface AskedRequest {
  readonly method: string;
  /** Absolute, or a path with an optional query. */
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** As text; null where there is none or where it is no text. */
  readonly body: string | null;
}

/** What the vendor documents about a request before it is sent. Never tested by gcidem. */
export interface DocumentedFact {
  readonly cause:
    | "no-such-operation"
    | "header-not-declared"
    | "field-not-declared"
    | "success-without-body"
    | "user-required";
  /** `METHOD /path` of the documented operation with `{parameters}`; for `no-such-operation` what was asked for, `{id}` for its values. */
  readonly operation: string;
  /** A few words that follow the operation's name: `takes no Idempotency-Key`. */
  readonly fact: string;
  /** Whole sentences, which end with `Documented, not tested` and the source. */
  readonly explanation: string;
  /** What to do instead. */
  readonly remedy: string;
  readonly source: Source;
}
