import type { Atomicity, WriteMethod } from "./idempotency-policy.js";

/**
 * C1: the token by which a client can tell versions apart. A version or revision is a member of the body; `etag` says
 * whether the same token is offered as an ETag besides (CouchDB does that).
 */
export type Validator =
  | { readonly kind: "none" }
  | { readonly kind: "etag-strong" }
  | { readonly kind: "etag-weak" }
  | {
      readonly kind: "version" | "revision";
      readonly name: string;
      readonly form: "integer" | "opaque";
      readonly etag: "none" | "strong" | "weak";
    };

/** C3: where the server looks for the token that a writer saw. */
export type TokenSource =
  | { readonly kind: "if-match" }
  | { readonly kind: "body"; readonly name: string }
  | { readonly kind: "query"; readonly name: string };

/** C4: what a write with an outdated token gets. */
interface StalePolicy {
  readonly outcome: "refuse" | "accepted" | "200-with-error";
  readonly status: number;
  /** C13: what the refusal tells. */
  readonly hint: "none" | "current-token" | "retry-after";
}

/** C5: what a write without any token gets. */
export type AbsentPolicy =
  | { readonly kind: "accepted" }
  | { readonly kind: "refuse"; readonly status: number };

/** What a server promises about versions. */
export interface ConcurrencyPolicy {
  readonly validator: Validator;
  readonly meaning: "revision" | "content-hash" | "mtime-seconds";
  /** Empty: the token is offered and then ignored. */
  readonly readFrom: readonly TokenSource[];
  readonly stale: StalePolicy;
  readonly absent: Readonly<Record<WriteMethod, AbsentPolicy>>;
  /** C6: which token counts when two came. */
  readonly precedence: "if-match" | "body" | "both-must-hold";
  /** C7. `strong` is RFC 9110, 8.8.3.2; `sloppy` forgives missing quotes and W/. */
  readonly comparison: "strong" | "weak" | "textual" | "sloppy";
  /** C8: reads trail acknowledged writes by this long. */
  readonly readLagMs: number;
  readonly tokenInWriteResponse: boolean | "other-form";
  /** C10: the answer to If-None-Match: * on a write to something that exists. */
  readonly createOnly: 412 | 409 | "ignored";
  readonly check: Atomicity;
  /** C14. `parent`: a participant's write moves its conversation's token. */
  readonly granularity: "resource" | "field" | "parent";
  /** C16: whether writing what is there already moves the token. */
  readonly noOpWrite: "bump" | "keep";
  readonly patchMerges: "per-key" | "replace";
  /** A validator that is not of the form that the server understands. */
  readonly malformed: { readonly status: number };
}
