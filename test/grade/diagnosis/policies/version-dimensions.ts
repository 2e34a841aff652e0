import type { AbsentPolicy, ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { WriteMethod } from "../../../../src/policy/idempotency-policy.js";
import { type Change, type Dimension, inStale, ofVersions, withVersions } from "./dimension.js";

const IF_MATCH = { kind: "if-match" } as const;

type Validated = Pick<ConcurrencyPolicy, "validator" | "readFrom">;

const inBody = (name: string): ConcurrencyPolicy["readFrom"] => [{ kind: "body", name }];

const VERSION = { kind: "version", name: "version", form: "integer", etag: "none" } as const;
const REVISION = { kind: "revision", name: "_rev", form: "opaque", etag: "strong" } as const;

/** A validator and a place where it can be read: each without the other says nothing. */
const VALIDATED: readonly [Validated, ...Validated[]] = [
  { validator: { kind: "etag-strong" }, readFrom: [IF_MATCH] },
  { validator: { kind: "etag-weak" }, readFrom: [IF_MATCH] },
  { validator: VERSION, readFrom: inBody("version") },
  { validator: { ...VERSION, etag: "strong" }, readFrom: [IF_MATCH, ...inBody("version")] },
  { validator: { ...VERSION, form: "opaque" }, readFrom: inBody("version") },
  { validator: REVISION, readFrom: [IF_MATCH, ...inBody("_rev"), { kind: "query", name: "rev" }] },
  { validator: { ...REVISION, etag: "none" }, readFrom: inBody("_rev") },
  { validator: { kind: "etag-strong" }, readFrom: [] },
  { validator: { kind: "none" }, readFrom: [] },
];

function absent(method: WriteMethod): Dimension {
  const change =
    (each: AbsentPolicy): Change =>
    (policy) =>
      withVersions(policy, { absent: { ...policy.concurrency.absent, [method]: each } });
  return {
    name: `concurrency.absent.${method}`,
    values: [
      change({ kind: "accepted" }),
      change({ kind: "refuse", status: 428 }),
      change({ kind: "refuse", status: 400 }),
      change({ kind: "refuse", status: 409 }),
    ],
  };
}

function validated(): Dimension {
  const [first, ...rest] = VALIDATED;
  const change =
    (each: Validated): Change =>
    (policy) =>
      withVersions(policy, each);
  return { name: "concurrency.validator", values: [change(first), ...rest.map(change)] };
}

/** C1 to C16, each with its usual value first. */
export const VERSION_DIMENSIONS: readonly Dimension[] = [
  validated(),
  ofVersions("meaning", ["revision", "content-hash", "mtime-seconds"]),
  inStale("outcome", ["refuse", "accepted", "200-with-error"]),
  inStale("status", [409, 412, 400, 422]),
  inStale("hint", ["none", "current-token", "retry-after"]),
  absent("PUT"),
  absent("PATCH"),
  absent("DELETE"),
  ofVersions("precedence", ["if-match", "body", "both-must-hold"]),
  ofVersions("comparison", ["strong", "weak", "textual", "sloppy"]),
  ofVersions("readLagMs", [0, 200, 3_000]),
  ofVersions("tokenInWriteResponse", [true, false, "other-form"]),
  ofVersions("createOnly", [412, 409, "ignored"]),
  ofVersions("check", [{ kind: "atomic" }, { kind: "check-then-set", windowMs: 3 }]),
  ofVersions("granularity", ["resource", "field", "parent"]),
  ofVersions("noOpWrite", ["bump", "keep"]),
  ofVersions("patchMerges", ["per-key", "replace"]),
  ofVersions("malformed", [{ status: 400 }, { status: 412 }]),
];
