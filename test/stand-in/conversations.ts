import { addCallback, type Conversation, type Participant } from "./org.js";
import type { Asked, Route } from "./route.js";
import { ACCEPTED, type Answer, BAD_REQUEST, isObject, NOT_FOUND, objectIn, refusal } from "./wire.js";

const AT = "/api/v2/conversations";
const VIEW = ["conversation:communication:view"];
const WRITE = [
  "conversation:participant:wrapup",
  "conversation:call:record",
  "conversation:communication:disconnect",
];

const NO_CONVERSATION = refusal(
  404,
  "conversation.error.conversation.not.found",
  "The requested conversation was not found.",
);
const NO_PARTICIPANT = refusal(
  404,
  "conversation.error.not.conversation.participant",
  "The requested participant is not part of the conversation.",
);
const ENDED = refusal(
  400,
  "conversation.error.call.disconnected",
  "The participant is already disconnected.",
);

function isEnded({ participants }: Conversation): boolean {
  return participants.every(({ state }) => state === "disconnected");
}

function mediaOf({ media, details }: Conversation, { id, state }: Participant): unknown {
  return { [media]: [{ id, state, direction: "inbound", ...details }] };
}

/** The vendor's `Conversation`: no ETag and no version. */
function view(conversation: Conversation): unknown {
  const { id, startTime, participants } = conversation;
  return {
    id,
    startTime,
    ...(isEnded(conversation) ? { endTime: startTime } : {}),
    participants: participants.map((each) => ({
      id: each.id,
      purpose: each.purpose,
      attributes: each.attributes,
      ...Object(mediaOf(conversation, each)),
    })),
    selfUri: `${AT}/${id}`,
  };
}

/** The same by its medium: the members of the call or callback are the participant's own. */
function mediaView({ id, media, details, participants }: Conversation): unknown {
  return {
    id,
    participants: participants.map((each) => ({ ...details, ...each })),
    selfUri: `${AT}/${media}/${id}`,
  };
}

function read(
  show: (conversation: Conversation) => unknown,
  media: Conversation["media"] | null,
): Route["answer"] {
  return ({ org, values: [id = ""] }) => {
    const found = org.conversations.get(id);
    if (found === undefined || (media !== null && found.media !== media)) return NO_CONVERSATION;
    return { status: 200, json: show(found) };
  };
}

/** Leads a write to its participant. */
function onParticipant(
  write: (participant: Participant, body: Record<string, unknown>) => Answer,
): Route["answer"] {
  return ({ org, values, body }) => {
    const [conversationId = "", participantId = ""] = values.slice(-2);
    const conversation = org.conversations.get(conversationId);
    if (conversation === undefined) return NO_CONVERSATION;
    const participant = conversation.participants.find(({ id }) => id === participantId);
    if (participant === undefined) return NO_PARTICIPANT;
    const sent = objectIn(body);
    return sent === null ? BAD_REQUEST : write(participant, sent);
  };
}

/** Merges: what is not named stays. Documented: 202 and an empty body. */
const writeAttributes = onParticipant((participant, { attributes }) => {
  if (!isObject(attributes) || Object.values(attributes).some((value) => typeof value !== "string"))
    return refusal(400, "invalid.value", "Value [attributes] is not valid for field type [map of strings].");
  Object.assign(participant.attributes, attributes);
  return ACCEPTED;
});

const writeMedia = onParticipant((participant, { state }) => {
  if (participant.state === "disconnected") return ENDED;
  if (typeof state === "string") participant.state = state;
  return ACCEPTED;
});

function endAll(conversation: Conversation): void {
  for (const participant of conversation.participants) participant.state = "disconnected";
}

function endCallback({ org, values: [id = ""], body }: Asked): Answer {
  const conversation = org.conversations.get(id);
  if (conversation === undefined) return NO_CONVERSATION;
  if (objectIn(body)?.state !== "disconnected") return BAD_REQUEST;
  endAll(conversation);
  return { status: 200, json: mediaView(conversation) };
}

function endCallbacks({ org, body }: Asked): Answer {
  const listed = objectIn(body)?.callbackDisconnectIdentifiers;
  if (!Array.isArray(listed)) return BAD_REQUEST;
  for (const each of listed) {
    const found = isObject(each) ? org.conversations.get(String(each.conversationId)) : undefined;
    if (found === undefined) return NO_CONVERSATION;
    endAll(found);
  }
  return ACCEPTED;
}

const LONGEST_AHEAD_MS = 30 * 24 * 60 * 60 * 1000;

/** The vendor's help page on callbacks: not more than 30 days in advance. */
function mayBeDue(time: unknown): boolean {
  if (time === undefined) return true;
  const at = typeof time === "string" ? Date.parse(time) : Number.NaN;
  return at <= Date.now() + LONGEST_AHEAD_MS;
}

function createCallback({ org, body }: Asked): Answer {
  const sent = objectIn(body);
  const routing = isObject(sent?.routingData) ? sent.routingData : {};
  const queueId = sent?.queueId ?? routing.queueId;
  if (sent === null || !Array.isArray(sent.callbackNumbers) || typeof queueId !== "string")
    return BAD_REQUEST;
  if (!org.queues.has(queueId)) return refusal(400, "invalid.value", `Value [${queueId}] is not a queue.`);
  if (!mayBeDue(sent.callbackScheduledTime))
    return refusal(400, "invalid.date", "The date is not one at which a callback can be due.");
  const { queueId: _queueId, data: _data, ...details } = sent;
  const made = addCallback(org, { ...details, ...(isObject(sent.data) ? { data: sent.data } : {}) });
  const [customer, queue] = made.participants;
  return {
    status: 200,
    json: {
      conversation: { id: made.id, selfUri: `${AT}/callbacks/${made.id}` },
      callbackIdentifiers: [
        { type: "ACD", id: queue?.id },
        { type: "EXTERNAL", id: customer?.id },
      ],
    },
  };
}

/** The one conversation resource with a version: looked at by PUT, not by PATCH. */
function secure(write: "PUT" | "PATCH" | null): Route["answer"] {
  return ({ org, values: [id = ""], body }) => {
    const kept = org.conversations.get(id)?.secure;
    if (kept === undefined) return NO_CONVERSATION;
    if (write === null) return { status: 200, json: kept };
    const sent = objectIn(body);
    if (sent === null || !isObject(sent.attributes)) return BAD_REQUEST;
    if (write === "PUT" && sent.version !== undefined && sent.version !== kept.version)
      return refusal(409, "general.conflict", "The version supplied does not match the current version.");
    const before = write === "PATCH" ? kept.attributes : {};
    kept.attributes = { ...before, ...(sent.attributes as Record<string, string>) };
    kept.version += 1;
    return { status: 200, json: kept };
  };
}

const SECURE = `${AT}/{conversationId}/secureattributes`;
const SEE_SECURE = ["conversation:participant:attributesview"];
const EDIT_SECURE = ["conversation:participant:attributesedit"];

/** Conversations, their participants and callbacks. Longer paths come first: `calls` is no conversation's id. */
export const CONVERSATION_ROUTES: readonly Route[] = [
  {
    operation: `POST ${AT}/callbacks`,
    permissions: ["conversation:callback:create"],
    answer: createCallback,
  },
  {
    operation: `POST ${AT}/callbacks/bulk/disconnect`,
    permissions: ["conversation:communication:disconnect"],
    answer: endCallbacks,
  },
  { operation: `GET ${AT}/calls/{conversationId}`, permissions: [], answer: read(mediaView, "calls") },
  {
    operation: `GET ${AT}/callbacks/{conversationId}`,
    permissions: [],
    answer: read(mediaView, "callbacks"),
  },
  { operation: `PATCH ${AT}/callbacks/{conversationId}`, permissions: WRITE, answer: endCallback },
  {
    operation: `PATCH ${AT}/calls/{conversationId}`,
    permissions: WRITE,
    needsUser: true,
    answer: () => NOT_FOUND,
  },
  { operation: `GET ${SECURE}`, permissions: SEE_SECURE, answer: secure(null) },
  { operation: `PUT ${SECURE}`, permissions: EDIT_SECURE, answer: secure("PUT") },
  { operation: `PATCH ${SECURE}`, permissions: EDIT_SECURE, answer: secure("PATCH") },
  {
    operation: `PATCH ${AT}/calls/{conversationId}/participants/{participantId}`,
    permissions: WRITE,
    needsUser: true,
    answer: writeMedia,
  },
  {
    operation: `PATCH ${AT}/callbacks/{conversationId}/participants/{participantId}`,
    permissions: WRITE,
    answer: writeMedia,
  },
  {
    operation: `PATCH ${AT}/{media}/{conversationId}/participants/{participantId}/attributes`,
    permissions: [],
    answer: writeAttributes,
  },
  {
    operation: `PATCH ${AT}/{conversationId}/participants/{participantId}/attributes`,
    permissions: [],
    answer: writeAttributes,
  },
  {
    operation: `PATCH ${AT}/{conversationId}/participants/{participantId}`,
    permissions: WRITE,
    answer: writeMedia,
  },
  { operation: `GET ${AT}/{conversationId}`, permissions: VIEW, answer: read(view, null) },
];
