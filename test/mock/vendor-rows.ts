import { USER } from "./an-org.js";
import type { Call } from "./vendor-client.js";
import { DIRECTORY_ROWS } from "./vendor-directory-rows.js";
import { type Ids, outdated, type Row } from "./vendor-row.js";

const MEDIA_REQUEST = {
  status: 202,
  body: { held: true },
  bad: [
    [{ held: "yes" }, "held"],
    [{ state: "asleep" }, "state"],
  ],
} as const satisfies Partial<Row>;

const ATTRIBUTES = {
  status: 202,
  body: { attributes: { tier: "gold" } },
  bad: [
    [{}, "attributes"],
    [{ attributes: { tier: 1 } }, "attributes.tier"],
  ],
} as const satisfies Partial<Row>;

/** These take the body as an option: it may be absent. */
const OPTIONAL_BODY: ReadonlySet<string> = new Set(["Cobrowsesession", "Message"]);

function attributesRow(media: string, name: string): Row {
  const at = media === "" ? "" : `${media}/`;
  const method = media === "" ? name : `patchConversations${name}ParticipantAttributes`;
  return {
    ...ATTRIBUTES,
    route: `PATCH /api/v2/conversations/${at}{conversationId}/participants/{participantId}/attributes`,
    call: ({ conversation, participant }, body) => [
      "ConversationsApi",
      method,
      conversation,
      participant,
      OPTIONAL_BODY.has(name) ? { body } : body,
    ],
  };
}

const CONVERSATION_ROWS: readonly Row[] = [
  {
    route: "GET /api/v2/conversations/{conversationId}",
    call: (ids) => ["ConversationsApi", "getConversation", ids.conversation],
    status: 200,
  },
  {
    route: "GET /api/v2/conversations/calls/{conversationId}",
    call: (ids) => ["ConversationsApi", "getConversationsCall", ids.conversation],
    status: 200,
  },
  {
    route: "GET /api/v2/conversations/callbacks/{conversationId}",
    call: (ids) => ["ConversationsApi", "getConversationsCallback", ids.conversation],
    status: 200,
  },
  {
    ...MEDIA_REQUEST,
    route: "PATCH /api/v2/conversations/{conversationId}/participants/{participantId}",
    call: (ids, body) => [
      "ConversationsApi",
      "patchConversationParticipant",
      ids.conversation,
      ids.participant,
      body,
    ],
  },
  {
    ...MEDIA_REQUEST,
    route: "PATCH /api/v2/conversations/calls/{conversationId}/participants/{participantId}",
    call: (ids, body) => [
      "ConversationsApi",
      "patchConversationsCallParticipant",
      ids.conversation,
      ids.participant,
      body,
    ],
  },
  {
    ...MEDIA_REQUEST,
    route: "PATCH /api/v2/conversations/callbacks/{conversationId}/participants/{participantId}",
    call: (ids, body) => [
      "ConversationsApi",
      "patchConversationsCallbackParticipant",
      ids.conversation,
      ids.participant,
      body,
    ],
  },
  attributesRow("", "patchConversationParticipantAttributes"),
  attributesRow("calls", "Call"),
  attributesRow("callbacks", "Callback"),
  attributesRow("cobrowsesessions", "Cobrowsesession"),
  attributesRow("emails", "Email"),
  attributesRow("messages", "Message"),
  {
    route: "GET /api/v2/conversations/{conversationId}/secureattributes",
    call: (ids) => ["ConversationsApi", "getConversationSecureattributes", ids.conversation],
    status: 200,
  },
  {
    route: "PUT /api/v2/conversations/{conversationId}/secureattributes",
    call: (ids, body) => ["ConversationsApi", "putConversationSecureattributes", ids.conversation, body],
    status: 200,
    body: { attributes: { pan: "1" }, version: 1 },
    bad: [
      [{ attributes: { pan: 1 }, version: 1 }, "attributes.pan"],
      [{ attributes: {}, version: "1" }, "version"],
    ],
    conflicts: [outdated({ attributes: { pan: "1" }, version: 99 }, 409)],
  },
  {
    route: "PATCH /api/v2/conversations/{conversationId}/secureattributes",
    call: (ids, body) => ["ConversationsApi", "patchConversationSecureattributes", ids.conversation, body],
    status: 200,
    body: { attributes: { pan: "1" } },
    bad: [[{ attributes: { pan: 1 } }, "attributes.pan"]],
  },
  {
    route: "POST /api/v2/conversations/callbacks",
    call: (_ids, body) => ["ConversationsApi", "postConversationsCallbacks", body],
    status: 200,
    body: { queueId: USER, callbackNumbers: ["+493012345678"] },
    bad: [
      [{ queueId: USER }, "callbackNumbers"],
      [{ callbackNumbers: ["+493012345678"] }, "queueId"],
    ],
    findsAlways: true,
  },
];

const EVALUATION = {
  evaluationForm: { id: USER },
  evaluator: { id: USER },
  agent: { id: USER },
};

const QUALITY_ROWS: readonly Row[] = [
  {
    route: "POST /api/v2/quality/conversations/{conversationId}/evaluations",
    call: (ids, body) => [
      "QualityApi",
      "postQualityConversationEvaluations",
      ids.conversation,
      body,
      { idempotencyKey: "k1" },
    ],
    status: 200,
    body: EVALUATION,
    bad: [
      [{ ...EVALUATION, agent: undefined }, "agent"],
      [{ ...EVALUATION, evaluator: {} }, "evaluator.id"],
    ],
  },
  {
    route: "GET /api/v2/quality/conversations/{conversationId}/evaluations/{evaluationId}",
    before: (ids) => [["QualityApi", "postQualityConversationEvaluations", ids.conversation, EVALUATION]],
    call: (ids) => ["QualityApi", "getQualityConversationEvaluation", ids.conversation, ids.made],
    status: 200,
  },
];

const NEW_ACTION = {
  category: "CRM",
  name: "Find contact",
  integrationId: "i1",
  config: {},
  contract: { input: { inputSchema: {} }, output: { successSchema: {} } },
};

const BAD_ACTION = [
  [{ ...NEW_ACTION, name: undefined }, "name"],
  [{ ...NEW_ACTION, contract: { input: {}, output: { successSchema: {} } } }, "contract.input.inputSchema"],
] as const;

/** An action is run with a map of inputs, whatever is in it. */
const RUN = {
  status: 200,
  body: { contactId: "c-1" },
  bad: [[["c-1"], null]],
} as const satisfies Partial<Row>;

function withDraft(ids: Ids): readonly Call[] {
  return [["IntegrationsApi", "postIntegrationsActionDraft", ids.action]];
}

const ACTION_ROWS: readonly Row[] = [
  {
    route: "POST /api/v2/integrations/actions",
    call: (_ids, body) => ["IntegrationsApi", "postIntegrationsActions", body],
    status: 200,
    body: NEW_ACTION,
    bad: BAD_ACTION,
    findsAlways: true,
  },
  {
    route: "GET /api/v2/integrations/actions/{actionId}",
    call: (ids) => ["IntegrationsApi", "getIntegrationsAction", ids.action, { includeConfig: true }],
    status: 200,
  },
  {
    route: "PATCH /api/v2/integrations/actions/{actionId}",
    call: (ids, body) => ["IntegrationsApi", "patchIntegrationsAction", ids.action, body],
    status: 200,
    body: { name: "Find", version: 1 },
    bad: [
      [{ name: "Find" }, "version"],
      [{ name: 7, version: 1 }, "name"],
    ],
    conflicts: [outdated({ name: "Find", version: 99 }, 409)],
  },
  {
    ...RUN,
    route: "POST /api/v2/integrations/actions/{actionId}/test",
    call: (ids, body) => ["IntegrationsApi", "postIntegrationsActionTest", ids.action, body],
  },
  {
    ...RUN,
    route: "POST /api/v2/integrations/actions/{actionId}/execute",
    call: (ids, body) => [
      "IntegrationsApi",
      "postIntegrationsActionExecute",
      ids.action,
      body,
      { flatten: false },
    ],
  },
];

const DRAFT_ROWS: readonly Row[] = [
  {
    route: "POST /api/v2/integrations/actions/drafts",
    call: (_ids, body) => ["IntegrationsApi", "postIntegrationsActionsDrafts", body],
    status: 200,
    body: NEW_ACTION,
    bad: BAD_ACTION,
    findsAlways: true,
  },
  {
    route: "POST /api/v2/integrations/actions/{actionId}/draft",
    call: (ids) => ["IntegrationsApi", "postIntegrationsActionDraft", ids.action],
    status: 200,
  },
  {
    route: "GET /api/v2/integrations/actions/{actionId}/draft",
    before: withDraft,
    call: (ids) => ["IntegrationsApi", "getIntegrationsActionDraft", ids.action],
    status: 200,
  },
  {
    route: "PATCH /api/v2/integrations/actions/{actionId}/draft",
    before: withDraft,
    call: (ids, body) => ["IntegrationsApi", "patchIntegrationsActionDraft", ids.action, body],
    status: 200,
    body: { secure: true, version: 1 },
    bad: [
      [{ secure: true }, "version"],
      [{ secure: "yes", version: 1 }, "secure"],
    ],
    conflicts: [outdated({ secure: true, version: 99 }, 409)],
  },
  {
    route: "DELETE /api/v2/integrations/actions/{actionId}/draft",
    before: withDraft,
    call: (ids) => ["IntegrationsApi", "deleteIntegrationsActionDraft", ids.action],
    status: 204,
  },
  {
    route: "POST /api/v2/integrations/actions/{actionId}/draft/publish",
    before: withDraft,
    call: (ids, body) => ["IntegrationsApi", "postIntegrationsActionDraftPublish", ids.action, body],
    status: 200,
    body: { version: 1 },
    bad: [
      [{}, "version"],
      [{ version: "1" }, "version"],
    ],
    conflicts: [outdated({ version: 2 }, 400)],
  },
  {
    ...RUN,
    before: withDraft,
    route: "POST /api/v2/integrations/actions/{actionId}/draft/test",
    call: (ids, body) => ["IntegrationsApi", "postIntegrationsActionDraftTest", ids.action, body],
  },
];

/** Every operation of the mock that the SDK knows. */
export const ROWS: readonly Row[] = [
  ...CONVERSATION_ROWS,
  ...DIRECTORY_ROWS,
  ...QUALITY_ROWS,
  ...ACTION_ROWS,
  ...DRAFT_ROWS,
];

/** Operations that the vendor's gc CLI has and SDK 262.0.0 has no more. */
export const NOT_IN_THE_SDK: readonly string[] = [
  "PATCH /api/v2/conversations/chats/{conversationId}/participants/{participantId}/attributes",
];
