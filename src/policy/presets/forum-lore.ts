import type { ConcurrencyFile, PolicyFile } from "../policy-file.js";

const UNVERSIONED: ConcurrencyFile = { validator: "none", readFrom: [] };

/**
 * What five forum posts and tutorials believe of the platform. None of it is documented. Each scenario of a claim
 * extends this and states its claim, since the claims contradict each other.
 */
export const FORUM_LORE: PolicyFile = {
  extends: "none",
  description:
    "What forum posts believe: a key per method and path for 24 hours, canonical JSON, an ETag and a version on conversations, and 409 for everything.",
  source: "forum posts and tutorials that the vendor did not write; contradicted by its SDK on most points",
  paths: "forum-lore",
  idempotency: {
    support: "honoured",
    methods: ["POST", "PATCH", "PUT", "DELETE"],
    scope: ["method", "path"],
    fingerprint: { body: "canonical-json", numbers: "ieee" },
    mismatch: { outcome: "refuse", status: 409, code: "general.conflict" },
    inFlight: { outcome: "refuse", status: 409, retryAfter: null },
    // "Either the original successful response or a 409 if the previous invocation failed after processing."
    outcomes: { validation: "forget", "2xx": "replay", "4xx": "forget", "429": "forget", "5xx": "conflict" },
    ttl: "24h",
    lookup: "/idempotency-keys/{key}",
  },
  concurrency: {
    // One token, offered as an ETag for If-Match and as a member for the body of a PUT.
    validator: { kind: "version", name: "version", form: "integer", etag: "strong" },
    readFrom: ["if-match", "body version"],
    stale: { status: 409 },
    absent: "accepted",
    createOnly: 409,
  },
  rateLimit: { perMinute: 300, retryAfter: true },
  success: { status: 200, body: "representation" },
  routes: [
    {
      match: "POST /api/charges",
      description:
        "A payment: the key is required, unique in the account, and answers 200 where the first answer was 201; a mismatch tells what the first request was.",
      idempotency: {
        support: "required",
        scope: ["account"],
        mismatch: { reveals: "first-request" },
        replay: { status: 200 },
      },
      concurrency: UNVERSIONED,
      success: { status: 201 },
    },
    {
      match: "POST /api/v2/dataactions/actions/{actionId}/invoke",
      description: "Invokes an action once per key; the stored answer comes back within the key's life.",
      concurrency: UNVERSIONED,
    },
    {
      match: "POST /api/v2/integrations/actions/{actionId}/execute",
      description: "Executes an action once per key; the stored answer comes back within the key's life.",
      concurrency: UNVERSIONED,
    },
    { match: "POST /api/v2/mock/things", success: { status: 201 } },
    { match: "DELETE /api/v2/mock/things/{id}", success: { status: 204, body: "empty" } },
  ],
};
