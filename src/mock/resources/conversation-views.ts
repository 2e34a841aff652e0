import type { Conversation, Fields, Participant } from "../org.js";

/** A conversation's one division: the vendor's home division, whose name is the org's choice. */
const DIVISION = {
  id: "6b1f0c52-1d0c-4b0e-9b39-0c1f6c0f5d11",
  selfUri: "/api/v2/authorization/divisions/6b1f0c52-1d0c-4b0e-9b39-0c1f6c0f5d11",
};

/** Division of whatever belongs to one. */
export const HOME_DIVISION: Readonly<Fields> = { ...DIVISION, name: "Home" };

function callOf(participant: Participant): Fields {
  return {
    state: participant.state,
    id: participant.id,
    direction: "inbound",
    recording: participant.recording,
    muted: participant.muted,
    confined: participant.confined,
    held: participant.held,
  };
}

function callbackOf(participant: Participant, callback: Readonly<Fields>): Fields {
  return {
    state: participant.state,
    id: participant.id,
    direction: "inbound",
    held: participant.held,
    ...callback,
  };
}

function mediaOf(participant: Participant): Fields {
  const { callback } = participant;
  return callback === null
    ? { calls: [callOf(participant)] }
    : { callbacks: [callbackOf(participant, callback)] };
}

/** The vendor's `Participant`: media under `calls` or `callbacks`. Pure. */
export function participantView(participant: Participant): Fields {
  return {
    ...participant.extra,
    id: participant.id,
    purpose: participant.purpose,
    wrapup: participant.wrapup,
    attributes: participant.attributes,
    ...mediaOf(participant),
  };
}

/** The vendor's `CallMediaParticipant`: the call's members on the participant itself. Pure. */
export function callParticipantView(participant: Participant): Fields {
  return {
    ...participant.extra,
    id: participant.id,
    purpose: participant.purpose,
    state: participant.state,
    direction: "inbound",
    held: participant.held,
    muted: participant.muted,
    confined: participant.confined,
    recording: participant.recording,
    wrapup: participant.wrapup,
    attributes: participant.attributes,
  };
}

/** The vendor's `CallbackMediaParticipant`: the callback's members on the participant itself. Pure. */
export function callbackParticipantView(participant: Participant): Fields {
  return {
    ...participant.extra,
    id: participant.id,
    purpose: participant.purpose,
    state: participant.state,
    direction: "inbound",
    held: participant.held,
    wrapup: participant.wrapup,
    attributes: participant.attributes,
    ...participant.callback,
  };
}

/** The vendor's `Conversation`. Pure. */
export function conversationView(conversation: Conversation): Fields {
  return {
    id: conversation.id,
    startTime: new Date(conversation.startedAtEpochMs).toISOString(),
    participants: [...conversation.participants.values()].map(participantView),
    conversationIds: [],
    recordingState: "none",
    state: conversation.state,
    divisions: [{ division: DIVISION, entities: [] }],
    securePause: false,
    selfUri: `/api/v2/conversations/${conversation.id}`,
  };
}

/** The vendor's `CallConversation`. Pure. */
export function callConversationView(conversation: Conversation): Fields {
  return {
    id: conversation.id,
    participants: [...conversation.participants.values()].map(callParticipantView),
    otherMediaUris: [],
    recordingState: "none",
    divisions: [{ division: DIVISION, entities: [] }],
    securePause: false,
    selfUri: `/api/v2/conversations/calls/${conversation.id}`,
  };
}

/** The vendor's `CallbackConversation`. Pure. */
export function callbackConversationView(conversation: Conversation): Fields {
  return {
    id: conversation.id,
    participants: [...conversation.participants.values()].map(callbackParticipantView),
    otherMediaUris: [],
    divisions: [{ division: DIVISION, entities: [] }],
    selfUri: `/api/v2/conversations/callbacks/${conversation.id}`,
  };
}
