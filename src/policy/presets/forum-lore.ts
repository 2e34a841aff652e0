import { OWN_CHOICE } from "../policy.js";
import type { ConcurrencyFile, PolicyFile } from "../policy-file.js";
import { OWN_COLLECTION } from "./own-collection.js";

const PARTICIPANT_THREAD = "a forum thread on participant attributes";
const VOICE_THREAD = "a forum thread on voice conversations";
const PUT_THREAD = "a forum thread on PUT of a participant";
const TUTORIAL = "a tutorial on data actions";
const WIKI_PAGE = "a wiki page on key conflicts";

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
  sources: {
    "idempotency.methods": OWN_CHOICE,
    "idempotency.scope": `${PARTICIPANT_THREAD}: a key is unique to the URI of a resource`,
    "idempotency.fingerprint": `${PARTICIPANT_THREAD}: its sample sorts the members; a reply there says that white space counts`,
    "idempotency.mismatch": `${PARTICIPANT_THREAD}, and ${WIKI_PAGE}`,
    "idempotency.inFlight": WIKI_PAGE,
    "idempotency.outcomes": TUTORIAL,
    "idempotency.ttl": `${PARTICIPANT_THREAD}, ${TUTORIAL}, and ${WIKI_PAGE}; a reply in the thread says 15 to 30 minutes`,
    "idempotency.lookup": WIKI_PAGE,
    "concurrency.validator": `${VOICE_THREAD} for the ETag, ${PUT_THREAD} for the version`,
    "concurrency.readFrom": `${VOICE_THREAD} for If-Match, ${PUT_THREAD} for the body`,
    "concurrency.stale": `${VOICE_THREAD}, and ${PUT_THREAD}`,
    "concurrency.absent": `${OWN_CHOICE}: the posts contradict each other`,
    "concurrency.createOnly": OWN_CHOICE,
    rateLimit: `${TUTORIAL} for the 429; the figure is the vendor's default`,
    success: PARTICIPANT_THREAD,
  },
  paths: "forum-lore",
  idempotency: {
    support: "honoured",
    methods: ["POST", "PATCH", "PUT", "DELETE"],
    scope: ["method", "path"],
    fingerprint: { body: "canonical-json", numbers: "ieee" },
    mismatch: { outcome: "refuse", status: 409, code: "general.conflict" },
    inFlight: { outcome: "refuse", status: 409, retryAfter: null },
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
      source: WIKI_PAGE,
      sources: { "concurrency.validator": OWN_CHOICE, "concurrency.readFrom": OWN_CHOICE },
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
      source: TUTORIAL,
      concurrency: UNVERSIONED,
    },
    {
      match: "POST /api/v2/integrations/actions/{actionId}/execute",
      description: "Executes an action once per key; the stored answer comes back within the key's life.",
      source: `${OWN_CHOICE}: what ${TUTORIAL} says of a path that does not exist, on the one that does`,
      concurrency: UNVERSIONED,
    },
    ...OWN_COLLECTION,
  ],
};
