import type { PolicyFile, RouteFile } from "../policy-file.js";

/** What creating and deleting answer on most servers. */
const THINGS: readonly RouteFile[] = [
  { match: "POST /api/v2/mock/things", success: { status: 201 } },
  { match: "DELETE /api/v2/mock/things/{id}", success: { status: 204, body: "empty" } },
];

/** Conditional requests as the standard has them, and no keys. */
export const RFC9110: PolicyFile = {
  extends: "none",
  description:
    "Conditional requests by the standard: strong ETag, If-Match, 412 when outdated, 428 when missing, no keys.",
  source: "RFC 9110, sections 8.8.3 and 13; RFC 6585, section 3 for 428",
  idempotency: { support: "ignored" },
  concurrency: {
    validator: "etag-strong",
    readFrom: ["if-match"],
    stale: { status: 412 },
    absent: { PUT: { status: 428 }, PATCH: { status: 428 }, DELETE: { status: 428 } },
    comparison: "strong",
    createOnly: 412,
  },
  errors: "problem+json",
  routes: [
    {
      match: "POST /api/v2/integrations/actions/{actionId}/execute",
      description: "Runs the action; there is nothing to be outdated.",
      concurrency: { validator: "none", readFrom: [] },
    },
    ...THINGS,
  ],
};

/** The draft's own answers: 400 missing, 422 other payload, 409 in flight. */
export const IETF_DRAFT: PolicyFile = {
  extends: "none",
  description:
    "The IETF draft of the Idempotency-Key header: quoted key, 422 for another payload, 409 while the first is running.",
  source: "draft-ietf-httpapi-idempotency-key-header-06, 2025-02-24",
  idempotency: {
    support: "honoured",
    syntax: "quoted",
    methods: ["POST", "PATCH"],
    mismatch: { outcome: "refuse", status: 422, code: "idempotency-key-already-used" },
    inFlight: { outcome: "refuse", status: 409 },
    // 2.6: a retry gets the result of the finished operation, success or error.
    outcomes: { validation: "forget", "2xx": "replay", "4xx": "replay", "429": "forget", "5xx": "replay" },
  },
  errors: "problem+json",
  routes: THINGS,
};

/** Everything is stored once execution began, errors too; the mark is a header on replays. */
export const STRIPE_LIKE: PolicyFile = {
  extends: "none",
  description:
    "The first answer is kept, errors too, for 24 hours in the account; a replay is marked; another payload is a 400.",
  source:
    "docs.stripe.com/api/idempotent_requests, read 2026-11-21; the status of a mismatch from third parties",
  idempotency: {
    support: "honoured",
    methods: ["POST"],
    scope: ["account"],
    mismatch: { outcome: "refuse", status: 400, code: "idempotency_error" },
    inFlight: { outcome: "refuse", status: 409 },
    outcomes: { validation: "forget", "2xx": "replay", "4xx": "replay", "429": "forget", "5xx": "replay" },
    replay: { marker: "header Idempotent-Replayed", where: "replays", correlationId: "new" },
    ttl: "24h",
  },
  errors: "stripe",
  routes: THINGS,
};

/** A revision in the body or in If-Match; 409 where it is not the current one, and 409 without one. */
export const COUCHDB_LIKE: PolicyFile = {
  extends: "none",
  description: "A revision `_rev` in body, query or If-Match; 409 when outdated and 409 when missing.",
  source: "apache/couchdb, share/doc/src/api/document/common.rst",
  idempotency: { support: "ignored" },
  concurrency: {
    validator: { kind: "revision", name: "_rev", form: "opaque", etag: "strong" },
    readFrom: ["if-match", "body _rev", "query rev"],
    stale: { status: 409 },
    absent: { PUT: { status: 409 }, PATCH: { status: 409 }, DELETE: { status: 409 } },
    precedence: "both-must-hold",
    createOnly: 409,
    patchMerges: "replace",
  },
  errors: "generic",
  routes: THINGS,
};

/** resourceVersion in the body, 409 with the reason Conflict. */
export const KUBERNETES_LIKE: PolicyFile = {
  extends: "none",
  description: "An opaque `resourceVersion` in the body; 409 when outdated; a write without it is accepted.",
  source: "kubernetes/community, api-conventions.md",
  idempotency: { support: "ignored" },
  concurrency: {
    validator: { kind: "version", name: "resourceVersion", form: "opaque" },
    readFrom: ["body resourceVersion"],
    stale: { status: 409 },
    createOnly: 409,
    noOpWrite: "keep",
  },
  errors: "generic",
  routes: THINGS,
};

/** The bugs of home-made servers: look up, then write, with time between the two. */
export const NAIVE: PolicyFile = {
  extends: "none",
  description:
    "Keys and versions looked up first and written later, as in most samples: right alone, wrong in a race.",
  idempotency: {
    support: "honoured",
    scope: [],
    claim: "check-then-set",
    inFlight: { outcome: "execute" },
    inFlightOrder: "neither",
    fingerprint: { body: "none", method: false, path: false, query: false },
    outcomes: { validation: "replay", "2xx": "replay", "4xx": "replay", "429": "replay", "5xx": "replay" },
    ttl: "forever",
  },
  concurrency: {
    validator: "etag-strong",
    readFrom: ["if-match"],
    stale: { status: 409 },
    check: "check-then-set",
    comparison: "textual",
  },
  errors: "generic",
  routes: THINGS,
};
