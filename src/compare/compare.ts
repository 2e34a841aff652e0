/** One header whose value differs; null where that side has none. */
export interface HeaderDiff {
  readonly name: string;
  readonly base: string | null;
  readonly other: string | null;
}

/** One difference between two JSON bodies, by JSON Pointer (RFC 6901). For `text` bodies the path is empty. */
export interface BodyChange {
  readonly op: "add" | "remove" | "replace";
  readonly path: string;
  readonly from?: unknown;
  readonly value?: unknown;
}

/** What differs between two messages of one kind. */
export interface MessageDiff {
  readonly headers: readonly HeaderDiff[];
  readonly body: readonly BodyChange[];
  /**
   * `identical`: the same bytes; `same-json`: the same value in other bytes; `changed`: another value;
   * `unknown`: a redacted or truncated body cannot be compared.
   */
  readonly bodies: "identical" | "same-json" | "changed" | "unknown";
}

/** How one exchange differs from the one that it repeats. */
export interface ExchangeDiff {
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
  readonly response: MessageDiff | null;
  readonly correlationIdDiffers: boolean;
  /** How many differences were left out because they always differ (Date, correlation and rate headers). */
  readonly folded: number;
}
