/** Where a fact stands and when it was read. */
export interface Source {
  /** Such as `JavaScript SDK 262.0.0`. */
  readonly name: string;
  /** `YYYY-MM-DD`. */
  readonly readOn: string;
}

/** How a server's documents say that an outdated version is refused. */
export interface DocumentedVersion {
  /** Member of the body, `If-Match`. */
  readonly carrier: "body" | "if-match";
  /** Name of the member, or `If-Match`. */
  readonly name: string;
  readonly required: boolean;
  /** Statuses named for a mismatch. */
  readonly mismatch: readonly number[];
}

/** A member of a documented request body. */
export interface DocumentedField {
  readonly name: string;
  readonly type: "string" | "number" | "boolean" | "object" | "array" | "map of strings" | "any";
  readonly required: boolean;
}

/** What the vendor documents of one operation. */
export interface DocumentedOperation {
  readonly method: string;
  /** Path template with `{parameters}`. */
  readonly path: string;
  /** Name of the method in the vendor's SDK; null where none was found. */
  readonly sdkMethod: string | null;
  /** The header that carries an idempotency key; null: none is documented. */
  readonly keyHeader: string | null;
  readonly version: DocumentedVersion | null;
  /** Null: no body is documented, or any member may be in it (`openBody`). */
  readonly body: readonly DocumentedField[] | null;
  readonly openBody: boolean;
  readonly success: { readonly status: number; readonly body: "representation" | "empty" };
  /** True where the documents say that client credentials cannot call it; null: unknown. */
  readonly needsUser: boolean | null;
  readonly source: Source;
}

/** What was found for a request. */
export type DocumentedMatch =
  | { readonly kind: "documented"; readonly operation: DocumentedOperation }
  /** A path of the platform that none of the operations that gcidem knows has; `known` false: gcidem knows no operation of this area. */
  | {
      readonly kind: "not-documented";
      readonly nearest: readonly DocumentedOperation[];
      readonly known: boolean;
    }
  /** Not a path of the platform. */
  | { readonly kind: "foreign" };
