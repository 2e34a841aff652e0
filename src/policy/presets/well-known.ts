import { OWN_CHOICE } from "../policy.js";
import type { PolicyFile } from "../policy-file.js";
import { OWN_COLLECTION } from "./own-collection.js";

const DRAFT = "draft-ietf-httpapi-idempotency-key-header-06";
const STRIPE = "docs.stripe.com/api/idempotent_requests, read 2026-11-21";
const COUCHDB = "apache/couchdb, share/doc/src/api/document/common.rst";
const KUBERNETES = "kubernetes/community, contributors/devel/sig-architecture/api-conventions.md";
const SAMPLES = "sample code in forum posts: none of it has a lock between look-up and store";

/** Conditional requests as the standard has them, and no keys. */
export const RFC9110: PolicyFile = {
  extends: "none",
  description:
    "Conditional requests by the standard: strong ETag, If-Match, 412 when outdated, 428 when missing, no keys.",
  source: "RFC 9110, sections 8.8.3 and 13; RFC 6585, section 3 for 428",
  sources: {
    "idempotency.support": "RFC 9110 knows no such key",
    "concurrency.validator": "RFC 9110, 8.8.3",
    "concurrency.readFrom": "RFC 9110, 13.1.1",
    "concurrency.stale":
      "RFC 9110, 13.1.1 and 15.5.13: the server must not perform the method; 412 is allowed, not demanded",
    "concurrency.absent": "RFC 6585, section 3",
    "concurrency.comparison": "RFC 9110, 8.8.3.2 and 13.1.1",
    "concurrency.createOnly": "RFC 9110, 13.1.2",
    order: `RFC 9110, 13.2.1 for preconditions after login and validation; the rest is ${OWN_CHOICE}`,
    errors: `${OWN_CHOICE}; the format is RFC 9457's`,
  },
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
      source: OWN_CHOICE,
      concurrency: { validator: "none", readFrom: [] },
    },
    ...OWN_COLLECTION,
  ],
};

/** The draft's own answers: 400 missing, 422 other payload, 409 in flight. */
export const IETF_DRAFT: PolicyFile = {
  extends: "none",
  description:
    "The IETF draft of the Idempotency-Key header: quoted key, 422 for another payload, 409 while the first is running.",
  source: `${DRAFT}, 2025-02-24`,
  sources: {
    "idempotency.support": `${DRAFT}, section 2.6`,
    "idempotency.carrier": `${DRAFT}, section 2`,
    "idempotency.syntax": `${DRAFT}, section 2.1`,
    "idempotency.malformed": `${OWN_CHOICE} of 400; ${DRAFT}, section 5 wants keys checked before they are looked up`,
    "idempotency.missing": `${DRAFT}, section 2.7`,
    "idempotency.methods": `${DRAFT}, abstract: methods such as POST or PATCH`,
    "idempotency.scope": `${OWN_CHOICE}: ${DRAFT}, section 2.2 leaves it to the owner, and section 5 wants the client's identity in it`,
    "idempotency.fingerprint": `${OWN_CHOICE}: ${DRAFT}, section 2.4 leaves it open and says nothing of method, path and query`,
    "idempotency.mismatch": `${DRAFT}, section 2.7: a SHOULD; the code is ${OWN_CHOICE}`,
    "idempotency.inFlight": `${DRAFT}, sections 2.6 and 2.7: a SHOULD`,
    "idempotency.outcomes": `${DRAFT}, section 2.6 for success and error; that validation and 429 are forgotten is ${OWN_CHOICE}`,
    "idempotency.replay": `${DRAFT}, section 2.6: the result of the finished operation; there is no mark in it (its issue 46 asks for one)`,
    "idempotency.ttl": `${OWN_CHOICE}: ${DRAFT}, section 2.3 gives no number`,
    errors: `${DRAFT}, section 2.7: its examples are problem+json`,
  },
  idempotency: {
    support: "honoured",
    syntax: "quoted",
    methods: ["POST", "PATCH"],
    mismatch: { outcome: "refuse", status: 422, code: "idempotency-key-already-used" },
    inFlight: { outcome: "refuse", status: 409 },
    outcomes: { validation: "forget", "2xx": "replay", "4xx": "replay", "429": "forget", "5xx": "replay" },
  },
  errors: "problem+json",
  routes: OWN_COLLECTION,
};

/** Everything is stored once execution began, errors too; the mark is a header on replays. */
export const STRIPE_LIKE: PolicyFile = {
  extends: "none",
  description:
    "The first answer is kept, errors too, for 24 hours in the account; a replay is marked; another payload is a 400.",
  source: STRIPE,
  sources: {
    "idempotency.carrier": STRIPE,
    "idempotency.syntax": `${STRIPE}: its example is bare`,
    "idempotency.maxLength": STRIPE,
    "idempotency.malformed": OWN_CHOICE,
    "idempotency.methods": `${STRIPE}: for creating and updating, which Stripe does by POST`,
    "idempotency.scope": `${STRIPE}: the account`,
    "idempotency.fingerprint": `${STRIPE}, and stripe.dev on IDEMPOTENCY_ERROR: endpoint and parameters; that they are compared as JSON values is ${OWN_CHOICE}`,
    "idempotency.mismatch": "stripe.dev for idempotency_error; the status 400 from third parties only",
    "idempotency.inFlight": "third parties: 409 idempotency_key_in_use",
    "idempotency.outcomes": `${STRIPE}: all once the endpoint began, 500 too, nothing of a failed validation; that a 429 is forgotten is ${OWN_CHOICE}`,
    "idempotency.replay":
      "stripe/stripe-ruby, issue 1553, for the header Idempotent-Replayed; the rest is gcidem's choice",
    "idempotency.ttl": `${STRIPE}: not before 24 hours; that it is exactly then is ${OWN_CHOICE}`,
    "idempotency.afterExpiry": STRIPE,
    errors: "docs.stripe.com/error-low-level",
  },
  unknown: {
    "idempotency.ttl": "when a key is really forgotten: 24 hours are the least, not the most",
    "idempotency.mismatch": "the status of a mismatch: Stripe's own pages name the type and no status",
  },
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
  routes: OWN_COLLECTION,
};

/** A revision in the body or in If-Match; 409 where it is not the current one, and 409 without one. */
export const COUCHDB_LIKE: PolicyFile = {
  extends: "none",
  description: "A revision `_rev` in body, query or If-Match; 409 when outdated and 409 when missing.",
  source: COUCHDB,
  sources: {
    "idempotency.support": `${OWN_CHOICE}: CouchDB's document API names no key`,
    "concurrency.precedence": OWN_CHOICE,
    "concurrency.createOnly": OWN_CHOICE,
    "concurrency.patchMerges": `${OWN_CHOICE}: CouchDB has no PATCH, a document is written whole`,
    errors: `${OWN_CHOICE}; CouchDB's own body is {"error":"conflict"}`,
  },
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
  routes: OWN_COLLECTION,
};

/** resourceVersion in the body, 409 with the reason Conflict. */
export const KUBERNETES_LIKE: PolicyFile = {
  extends: "none",
  description: "An opaque `resourceVersion` in the body; 409 when outdated; a write without it is accepted.",
  source: KUBERNETES,
  sources: {
    "idempotency.support": `${OWN_CHOICE}: the conventions name no key`,
    "concurrency.validator": `${KUBERNETES}: metadata.resourceVersion there, a member of the body's top level here`,
    "concurrency.readFrom": `${KUBERNETES}: metadata.resourceVersion there`,
    "concurrency.createOnly": `${OWN_CHOICE}; in Kubernetes a POST of a name that exists is a 409 AlreadyExists`,
    "concurrency.noOpWrite": OWN_CHOICE,
    errors: `${OWN_CHOICE}; Kubernetes answers with a Status whose reason is Conflict`,
  },
  unknown: {
    "concurrency.absent": "what a write without resourceVersion gets: it depends on the kind of object",
  },
  idempotency: { support: "ignored" },
  concurrency: {
    validator: { kind: "version", name: "resourceVersion", form: "opaque" },
    readFrom: ["body resourceVersion"],
    stale: { status: 409 },
    createOnly: 409,
    noOpWrite: "keep",
  },
  errors: "generic",
  routes: OWN_COLLECTION,
};

/** The bugs of home-made servers: look up, then write, with time between the two. */
export const NAIVE: PolicyFile = {
  extends: "none",
  description:
    "Keys and versions looked up first and written later, as in most samples: right alone, wrong in a race.",
  source: OWN_CHOICE,
  sources: {
    "idempotency.claim": SAMPLES,
    "concurrency.check": SAMPLES,
  },
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
  routes: OWN_COLLECTION,
};
