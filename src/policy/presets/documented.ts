import { OWN_CHOICE } from "../policy.js";
import type { PolicyFile, RouteFile } from "../policy-file.js";
import { DIRECTORY } from "./documented-directory.js";
import {
  ABSENT_400,
  CLI,
  DEMANDS_VERSION,
  GO_SDK,
  SDK,
  SHOWS_VERSION,
  SWAGGER_2017,
} from "./documented-sources.js";

const PARTICIPANT_UNKNOWN = {
  "concurrency.readLag": "how long after the 202 a GET shows the change",
  "concurrency.patchMerges": "whether two writers of different attributes both survive",
} as const;

/** SDK, MediaParticipantRequest: no attributes, no version. gc CLI: success is 202 with an empty body. */
const PARTICIPANTS: readonly RouteFile[] = [
  {
    match: "PATCH /api/v2/conversations/calls/{conversationId}/participants/{participantId}",
    description:
      "Sets state, hold, mute or wrap-up of a participant. Answers 202 without a body; nothing is versioned.",
    source: `${SDK}, patchConversationsCallParticipant; ${CLI}`,
    success: { status: 202, body: "empty" },
    unknown: {
      "request.members":
        "what happens to members that MediaParticipantRequest lacks, `attributes` above all; here they are ignored",
      "permissions.user": `whether client credentials may call this: ${SWAGGER_2017} lists 400 not.a.user; here they may`,
    },
  },
  {
    match: "PATCH /api/v2/conversations/callbacks/{conversationId}/participants/{participantId}",
    description: "The same for a callback. Answers 202 without a body; nothing is versioned.",
    source: `${SDK}, patchConversationsCallbackParticipant; ${CLI}`,
    success: { status: 202, body: "empty" },
    unknown: {
      "request.members": "what happens to members that MediaParticipantRequest lacks; here they are ignored",
    },
  },
  {
    match: "PATCH /api/v2/conversations/{conversationId}/participants/{participantId}",
    description: "The same for any medium. Answers 202 without a body; nothing is versioned.",
    source: `${SDK}, patchConversationParticipant; ${CLI}`,
    success: { status: 202, body: "empty" },
    unknown: {
      "request.members": "what happens to members that MediaParticipantRequest lacks; here they are ignored",
    },
  },
  {
    match: "PATCH /api/v2/conversations/{media}/{conversationId}/participants/{participantId}/attributes",
    description:
      "Sets attributes of a participant. Answers 202 without a body; ParticipantAttributes has no version.",
    source: `${SDK}, patchConversationsCallParticipantAttributes and its like for each medium; ${CLI}`,
    success: { status: 202, body: "empty" },
    unknown: PARTICIPANT_UNKNOWN,
  },
  {
    match: "PATCH /api/v2/conversations/{conversationId}/participants/{participantId}/attributes",
    description:
      "Sets attributes of a participant. Answers 202 without a body; ParticipantAttributes has no version.",
    source: `${SDK}, patchConversationParticipantAttributes; ${CLI}`,
    success: { status: 202, body: "empty" },
    unknown: PARTICIPANT_UNKNOWN,
  },
];

/** Nothing in CreateCallbackCommand and no header tells a second attempt from a second callback. */
const CALLBACKS: RouteFile = {
  match: "POST /api/v2/conversations/callbacks",
  description:
    "Creates a callback in a conversation of its own. It takes no key: each call makes another one.",
  source: `${SDK}, postConversationsCallbacks; ${CLI}`,
};

/** Go SDK: the version is "used to detect conflicting updates when using PUT. Not used for PATCH". */
const SECURE_ATTRIBUTES: readonly RouteFile[] = [
  {
    match: "PUT /api/v2/conversations/{conversationId}/secureattributes",
    description:
      "The one part of a conversation with a version check: 409 where the version in the body is not the current one.",
    source: `${GO_SDK}, ConversationSecureAttributes; 409 documented on this very operation before the blanket change of 2024-10-29`,
    concurrency: { ...SHOWS_VERSION, readFrom: ["body version"], stale: { status: 409 } },
    unknown: {
      "concurrency.absent": "what a PUT without a version gets: the member is optional in the SDK",
      "success.body": "what the answer carries: the SDK types it as a string and nothing says what is in it",
    },
  },
  {
    match: "* /api/v2/conversations/{conversationId}/secureattributes",
    description: "Shows the version. A PATCH merges and does not look at it.",
    source: `${GO_SDK}, ConversationSecureAttributes`,
    concurrency: SHOWS_VERSION,
    unknown: {
      "success.body": "what the answer to a PATCH carries: the SDK types it as a string",
    },
  },
];

const STALE_ACTION =
  "the status of a stale version: the vendor's Terraform provider of 2026-07-01 retries 409, 408 and some 400 alike";

/** UpdateActionInput, UpdateDraftInput and PublishDraftInput have a required version. */
const ACTIONS: readonly RouteFile[] = [
  {
    match: "PATCH /api/v2/integrations/actions/{actionId}",
    description: "Needs the current version in the body: 400 without it, 409 where it is outdated.",
    source: `${SDK}, UpdateActionInput`,
    sources: { "concurrency.absent": ABSENT_400, "concurrency.stale": `${OWN_CHOICE} of 409` },
    concurrency: DEMANDS_VERSION,
    unknown: { "concurrency.stale": STALE_ACTION },
  },
  {
    match: "PATCH /api/v2/integrations/actions/{actionId}/draft",
    description: "Needs the draft's current version in the body: 400 without it, 409 where it is outdated.",
    source: `${SDK}, UpdateDraftInput`,
    sources: { "concurrency.absent": ABSENT_400, "concurrency.stale": `${OWN_CHOICE} of 409` },
    concurrency: DEMANDS_VERSION,
    unknown: { "concurrency.stale": STALE_ACTION },
  },
  {
    match: "POST /api/v2/integrations/actions/{actionId}/draft/publish",
    description:
      "Needs the draft's current version in the body: 400 without it and 400 where it is outdated.",
    sources: { "concurrency.absent": ABSENT_400 },
    source: `${SDK}, PublishDraftInput; the vendor's Terraform provider, issue 1961: 400 "Supplied version 2 does not match latest draft version 1"`,
    concurrency: { ...DEMANDS_VERSION, stale: { status: 400 } },
    unknown: {
      "concurrency.meaning": "which version the action has afterwards: its own, moved on, or the draft's",
    },
  },
  {
    match: "POST /api/v2/integrations/actions/{actionId}/draft",
    description:
      "Begins a draft of an action, with a version of its own that starts at 1. Where there is a draft already the answer is 409: gcidem's choice, since the vendor documents none.",
    source: `${SDK}, postIntegrationsActionDraft; the vendor's Terraform provider, issue 1961: a new draft has version 1`,
    concurrency: SHOWS_VERSION,
  },
  {
    match: "POST /api/v2/integrations/actions/{actionId}/draft/test",
    description: "Runs a draft and shows the steps. Each call runs it.",
    source: `${SDK}, postIntegrationsActionDraftTest: no key and no precondition among its parameters`,
  },
  {
    match: "DELETE /api/v2/integrations/actions/{actionId}/draft",
    description: "Throws the draft away, whatever its version. The published action stays.",
    source: `${SDK}, deleteIntegrationsActionDraft: no version among its parameters`,
    success: { status: 204, body: "empty" },
    unknown: { "success.status": 'which status it is: the gc CLI says "Delete was successful"' },
  },
  {
    match: "POST /api/v2/integrations/actions",
    description: "Creates an action. It takes no key: each call makes another one.",
    source: `${SDK}, postIntegrationsActions`,
    concurrency: SHOWS_VERSION,
  },
  {
    match: "POST /api/v2/integrations/actions/drafts",
    description: "Creates a draft without an action; the action comes into being when it is published.",
    source: `${SDK}, postIntegrationsActionsDrafts`,
    concurrency: SHOWS_VERSION,
  },
  {
    match: "POST /api/v2/integrations/actions/{actionId}/{operation}",
    description:
      "Executes or tests an action: the body is the flat map of inputs, the answer is the action's own output. Each call runs it.",
    source: `${SDK}, postIntegrationsActionExecute: no key and no precondition among its parameters`,
  },
  {
    match: "* /api/v2/integrations/actions/{actionId}",
    description: "Shows the version.",
    source: `${SDK}, Action`,
    concurrency: SHOWS_VERSION,
  },
  {
    match: "* /api/v2/integrations/actions/{actionId}/draft",
    description: "Shows the version.",
    source: `${SDK}, Action`,
    concurrency: SHOWS_VERSION,
  },
];

/** The SDK's Evaluation has an optional version, and no operation's input demands it. */
const EVALUATION: RouteFile = {
  match: "GET /api/v2/quality/conversations/{conversationId}/evaluations/{evaluationId}",
  description: "Shows an evaluation, so that a client can see whether the one it asked for was made.",
  source: `${SDK}, getQualityConversationEvaluation`,
};

/** The only operation of the platform that declares Idempotency-Key, since 2026-02-28. */
const EVALUATIONS: RouteFile = {
  match: "POST /api/v2/quality/conversations/{conversationId}/evaluations",
  description:
    "The one operation that takes an Idempotency-Key by documentation: the same key is carried out once.",
  source: `${SDK}, postQualityConversationEvaluations: "Idempotency key for request deduplication", optional`,
  idempotency: { support: "honoured", methods: ["POST"] },
  unknown: {
    "idempotency.ttl": "how long a key lives",
    "idempotency.scope": "what a key is unique in",
    "idempotency.fingerprint": "what is compared when a key comes again",
    "idempotency.mismatch": "what a key with another body gets",
    "idempotency.inFlight": "what a key gets whose first request is still running",
    "idempotency.outcomes": "which outcomes a key remembers",
    "idempotency.replay": "the status and mark of a stored answer",
  },
};

const OWN_COLLECTION =
  "gcidem's own collection, which no platform has; tokens by RFC 9110, 13.1.1 and 13.1.2";

/** Not of the platform: gcidem's own collection to try tokens on. */
const THINGS: readonly RouteFile[] = [
  {
    match: "POST /api/v2/mock/things",
    description: "gcidem's own generic collection, which follows RFC 9110: answers 201 with a strong ETag.",
    source: OWN_COLLECTION,
    concurrency: { validator: "etag-strong", createOnly: 412 },
    success: { status: 201, body: "representation" },
  },
  {
    match: "DELETE /api/v2/mock/things/{id}",
    description:
      "gcidem's own generic collection: If-Match is honoured with 412, and a request without it is accepted.",
    source: OWN_COLLECTION,
    concurrency: {
      validator: "etag-strong",
      readFrom: ["if-match"],
      stale: { status: 412 },
      createOnly: 412,
    },
    success: { status: 204, body: "empty" },
  },
  {
    match: "* /api/v2/mock/things/{id}",
    description:
      "gcidem's own generic collection: strong ETag, If-Match honoured with 412, and a write without it is accepted.",
    source: OWN_COLLECTION,
    concurrency: {
      validator: "etag-strong",
      readFrom: ["if-match"],
      stale: { status: 412 },
      createOnly: 412,
    },
  },
];

/** What the vendor's own material says, operation by operation. Where it is silent, `unknown` says so. */
export const DOCUMENTED: PolicyFile = {
  extends: "none",
  description:
    "What the vendor documents of its platform: a key on one operation, ETags on SCIM only, a version on users, groups, actions and secure attributes, nothing on participants.",
  source: `${SDK}: all 3,468 operations; ${CLI}`,
  rateLimit: { perMinute: 300, retryAfter: true },
  errors: "genesys",
  idempotency: { support: "ignored" },
  concurrency: { validator: "none", readFrom: [], createOnly: "ignored" },
  sources: {
    "idempotency.support": `${SDK}: 1 operation of 3,468 declares Idempotency-Key`,
    "concurrency.validator": `${SDK}: ETags are documented for SCIM alone`,
    "concurrency.readFrom": `${SDK}: 10 operations declare If-Match, all of them SCIM`,
    "concurrency.createOnly": `${SDK}: 6 operations declare If-None-Match, all of them SCIM GETs`,
    rateLimit:
      "default of client.credentials.token.rate.per.minute, which support can raise (community.genesys.com/discussion/api-limits); a Retry-After on every 429 since 2021-11-10 (developer.genesys.cloud/forum/t/normalized-platform-api-429-responses/12028)",
    errors: `${SDK}, ErrorBody; the 429 of 2021-11-10 shows one filled in`,
    permissions: `${SWAGGER_2017}: 403 missing.permissions`,
  },
  unknown: {
    "idempotency.support":
      "what the platform does with an Idempotency-Key that an operation does not declare",
    "concurrency.readFrom": "what the platform does with an If-Match that an operation does not declare",
    "concurrency.validator":
      "whether any answer outside SCIM has an ETag; none was seen in the vendor's published traces",
    errors: "the exact body of a 409: none was found word for word",
  },
  routes: [
    ...PARTICIPANTS,
    CALLBACKS,
    ...SECURE_ATTRIBUTES,
    ...DIRECTORY,
    ...ACTIONS,
    EVALUATIONS,
    EVALUATION,
    ...THINGS,
  ],
};
