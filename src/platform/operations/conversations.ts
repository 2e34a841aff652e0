import { operation, requestBody } from "../operation.js";
import type { DocumentedOperation } from "../platform.js";
import { CLI, GO_SDK } from "../sources.js";

const CONVERSATION = requestBody("Conversation", {
  string:
    "id name externalTag startTime! endTime address recordingState state utilizationLabelId inactivityTimeout selfUri",
  array: "participants! conversationIds divisions recentTransfers",
  number: "maxParticipants",
  boolean: "securePause",
});

const SECURE_ATTRIBUTES = requestBody("ConversationSecureAttributes", {
  "map of strings": "attributes",
  number: "version",
});

const CREATE_CALL_REQUEST = requestBody("CreateCallRequest", {
  string:
    "phoneNumber callerId callerIdName callFromQueueId callQueueId callUserId languageId routingSkillExpression uuiData externalContactId label",
  number: "priority",
  "map of strings": "attributes",
  array: "routingSkillsIds conversationIds participants",
});

const CREATE_CALLBACK_COMMAND = requestBody("CreateCallbackCommand", {
  string:
    "scriptId queueId customerFirstCallbackDeliveryMode callbackUserName callbackScheduledTime countryCode callerId callerIdName",
  object: "routingData",
  array: "callbackNumbers!",
  boolean: "validateCallbackNumbers",
  "map of strings": "data",
});

const AT = "/api/v2/conversations";
const SECURE = `${AT}/{conversationId}/secureattributes`;

const READS: readonly DocumentedOperation[] = [
  operation(`GET ${AT}/{conversationId}`, "ConversationsApi.getConversation"),
  operation(`GET ${AT}/calls/{conversationId}`, "ConversationsApi.getConversationsCall"),
  operation(`GET ${AT}/callbacks/{conversationId}`, "ConversationsApi.getConversationsCallback"),
  operation(`GET ${AT}/emails/{conversationId}`, "ConversationsApi.getConversationsEmail"),
  operation(`GET ${AT}/messages/{conversationId}`, "ConversationsApi.getConversationsMessage"),
  operation(
    `GET ${AT}/cobrowsesessions/{conversationId}`,
    "ConversationsApi.getConversationsCobrowsesession",
  ),
  // SDK 262.0.0 has no chats any more; the gc CLI still does.
  operation(`GET ${AT}/chats/{conversationId}`, null, { source: CLI }),
];

/** The Go SDK says of the version: "used to detect conflicting updates when using PUT. Not used for PATCH". */
const SECURE_ATTRIBUTE_OPERATIONS: readonly DocumentedOperation[] = [
  operation(`GET ${SECURE}`, "ConversationsApi.getConversationSecureattributes"),
  operation(`PUT ${SECURE}`, "ConversationsApi.putConversationSecureattributes", {
    body: SECURE_ATTRIBUTES,
    version: { carrier: "body", name: "version", required: false, mismatch: [409], source: GO_SDK },
  }),
  operation(`PATCH ${SECURE}`, "ConversationsApi.patchConversationSecureattributes", {
    body: SECURE_ATTRIBUTES,
  }),
];

/** Conversations of any medium: reads, secure attributes, and how calls and callbacks begin. */
export const CONVERSATION_OPERATIONS: readonly DocumentedOperation[] = [
  ...READS,
  ...SECURE_ATTRIBUTE_OPERATIONS,
  operation(`PATCH ${AT}/calls/{conversationId}`, "ConversationsApi.patchConversationsCall", {
    body: CONVERSATION,
    needsUser: true,
  }),
  operation(`POST ${AT}/calls`, "ConversationsApi.postConversationsCalls", { body: CREATE_CALL_REQUEST }),
  operation(`POST ${AT}/callbacks`, "ConversationsApi.postConversationsCallbacks", {
    body: CREATE_CALLBACK_COMMAND,
  }),
];
