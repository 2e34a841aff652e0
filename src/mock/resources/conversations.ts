import type { Call, Prepared, Route } from "../operation.js";
import {
  conversationOf,
  conversationSubject,
  participantOf,
  participantSubject,
  seenByReader,
} from "./conversation-subjects.js";
import {
  callbackConversationView,
  callbackParticipantView,
  callConversationView,
  callParticipantView,
  conversationView,
  participantView,
} from "./conversation-views.js";
import { needsMember } from "./items.js";
import {
  checkAttributes,
  checkMediaRequest,
  setsState,
  touchedMembers,
  writeAttributes,
  writeMedia,
} from "./participant-writes.js";

const SCOPED = { scope: "conversations", invented: false, needs: needsMember("conversations") } as const;

/** Any of three in the gc CLI's usage text; the first is named. */
const WRITE_PARTICIPANT = "conversation:participant:wrapup";

function readConversation(view: typeof conversationView): Route["prepare"] {
  return (call: Call): Prepared | null => {
    const conversation = conversationOf(call);
    if (conversation === null) return null;
    const seen = seenByReader(conversation, call);
    return { subject: conversationSubject(seen), execute: () => ({ representation: view(seen) }) };
  };
}

/** Writes of one participant, with the view that answers. Shared with the paths that forum posts made up. */
export function writeParticipant(view: typeof participantView): Route["prepare"] {
  return (call) => {
    const found = participantOf(call);
    if (found === null) return null;
    return {
      subject: participantSubject(found.conversation, found.participant),
      validate: (body) => checkMediaRequest(body, call.invented),
      members: touchedMembers,
      setsState,
      current: () => ({ representation: view(found.participant) }),
      execute: (body) => {
        writeMedia(call, found, body);
        return { representation: view(found.participant) };
      },
    };
  };
}

function writeParticipantAttributes(call: Call): Prepared | null {
  const found = participantOf(call);
  if (found === null) return null;
  const { participant } = found;
  return {
    subject: participantSubject(found.conversation, participant),
    validate: checkAttributes,
    members: touchedMembers,
    current: () => ({ representation: { attributes: participant.attributes } }),
    execute: (body) => {
      writeAttributes(call, participant, body);
      return { representation: { attributes: participant.attributes } };
    },
  };
}

/**
 * Media whose paths set attributes too, all of the same participant. The gc CLI of 2026-07-13 has chats; the JavaScript
 * SDK 262.0.0 has them no more.
 */
const MEDIA = ["calls", "callbacks", "chats", "cobrowsesessions", "emails", "messages"] as const;

function attributesRoute(media: (typeof MEDIA)[number]): Route {
  return {
    ...SCOPED,
    method: "PATCH",
    template: `/api/v2/conversations/${media}/{conversationId}/participants/{participantId}/attributes`,
    permission: null,
    prepare: writeParticipantAttributes,
  };
}

/** The vendor's own operations on conversations and their participants. */
export const CONVERSATION_ROUTES: readonly Route[] = [
  {
    ...SCOPED,
    method: "GET",
    template: "/api/v2/conversations/{conversationId}",
    permission: "conversation:communication:view",
    prepare: readConversation(conversationView),
  },
  {
    ...SCOPED,
    method: "GET",
    template: "/api/v2/conversations/calls/{conversationId}",
    permission: null,
    prepare: readConversation(callConversationView),
  },
  {
    ...SCOPED,
    method: "GET",
    template: "/api/v2/conversations/callbacks/{conversationId}",
    permission: null,
    prepare: readConversation(callbackConversationView),
  },
  {
    ...SCOPED,
    method: "PATCH",
    template: "/api/v2/conversations/{conversationId}/participants/{participantId}",
    permission: WRITE_PARTICIPANT,
    prepare: writeParticipant(participantView),
  },
  {
    ...SCOPED,
    method: "PATCH",
    template: "/api/v2/conversations/calls/{conversationId}/participants/{participantId}",
    permission: WRITE_PARTICIPANT,
    prepare: writeParticipant(callParticipantView),
  },
  {
    ...SCOPED,
    method: "PATCH",
    template: "/api/v2/conversations/callbacks/{conversationId}/participants/{participantId}",
    permission: null,
    prepare: writeParticipant(callbackParticipantView),
  },
  {
    ...SCOPED,
    method: "PATCH",
    template: "/api/v2/conversations/{conversationId}/participants/{participantId}/attributes",
    permission: null,
    prepare: writeParticipantAttributes,
  },
  ...MEDIA.map(attributesRoute),
];
