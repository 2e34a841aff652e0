import type { JsonNode } from "../core/json.js";

/** One header whose value differs; null where that side has none. Several lines of one name are joined by ", ". */
export interface HeaderDiff {
  /** As written on the wire by the side that has it. */
  readonly name: string;
  readonly base: string | null;
  readonly other: string | null;
}

/**
 * One difference between two bodies. Applied in their order to the base body (RFC 6902), all of them together give the
 * other body. Values keep their number text: 1.0 and 12345678901234567890 stay what was sent.
 */
export interface BodyChange {
  readonly op: "add" | "remove" | "replace";
  /** JSON Pointer (RFC 6901); empty for the whole body, which is the only path of a body that is not JSON. */
  readonly path: string;
  /** What was there; absent for `add`. A body that is not JSON is a string. */
  readonly from?: JsonNode;
  /** What is there now; absent for `remove`. */
  readonly value?: JsonNode;
}

/** How the bytes of two bodies with one JSON value differ; the words of a scenario's `reserialize`. */
export type Respelling = "whitespace" | "key-order" | "number-format" | "unicode-escapes";

/** What differs between two messages of one kind. */
export interface MessageDiff {
  readonly headers: readonly HeaderDiff[];
  /**
   * `identical`: the same bytes; `same-json`: the same value in other bytes; `changed`: another value;
   * `unknown`: a redacted or truncated body cannot be compared.
   */
  readonly bodies: "identical" | "same-json" | "changed" | "unknown";
  /** What the bodies were compared as. `text` also stands for a JSON body against one that is none. */
  readonly form: "json" | "text" | "bytes";
  /** Empty unless `changed`, but for numbers of a `same-json` body that are written otherwise (1 and 1.0). */
  readonly body: readonly BodyChange[];
  /** How many changes of the body there are beyond those listed. */
  readonly omitted: number;
  /** Empty unless `same-json`. */
  readonly respelled: readonly Respelling[];
}

/** How one exchange differs from the one that it repeats. */
export interface ExchangeDiff {
  /** Ids of exchanges. */
  readonly base: string;
  readonly other: string;
  /** Null where that side has no response. */
  readonly status: readonly [base: number | null, other: number | null];
  /** Codes of exchanges without a response. */
  readonly error: readonly [base: string | null, other: string | null];
  readonly request: MessageDiff & {
    readonly method: readonly [base: string, other: string];
    readonly url: readonly [base: string, other: string];
  };
  /** Null where either side has no response. */
  readonly response: MessageDiff | null;
  /** True where both answers carry a correlation ID and the two differ. */
  readonly correlationIdDiffers: boolean;
  /** How many differences were left out because they always differ (Date, correlation and rate headers, credentials). */
  readonly folded: number;
}
