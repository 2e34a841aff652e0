import type { Conversation, Participant } from "../org.js";

/** A conversation's one division: the vendor's home division, whose name is the org's choice. */
const DIVISION = {
  id: "6b1f0c52-1d0c-4b0e-9b39-0c1f6c0f5d11",
  selfUri: "/api/v2/authorization/divisions/6b1f0c52-1d0c-4b0e-9b39-0c1f6c0f5d11",
};

/** Division of whatever belongs to one. */
export const HOME_DIVISION: Readonly<Record<string, unknown>> = { ...DIVISION, name: "Home" };

function callOf(participant: Participant): Readonly<Record<string, unknown>> {
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

/** The vendor's `Participant`: media under `calls`. Pure. */
export function participantView(participant: Participant): Readonly<Record<string, unknown>> {
  return {
    ...participant.extra,
    id: participant.id,
    purpose: "agent",
    wrapup: participant.wrapup,
    attributes: participant.attributes,
    calls: [callOf(participant)],
  };
}

/** The vendor's `CallMediaParticipant`: the call's members on the participant itself. Pure. */
export function callParticipantView(participant: Participant): Readonly<Record<string, unknown>> {
  const { state, direction, ...media } = callOf(participant);
  return {
    ...participant.extra,
    purpose: "agent",
    state,
    direction,
    wrapup: participant.wrapup,
    attributes: participant.attributes,
    ...media,
  };
}

/** The vendor's `Conversation`. Pure. */
export function conversationView(conversation: Conversation): Readonly<Record<string, unknown>> {
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
export function callConversationView(conversation: Conversation): Readonly<Record<string, unknown>> {
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
