import { operation, requestBody, saysNothing } from "../operation.js";
import type { DocumentedOperation } from "../platform.js";
import { CLI, SDK } from "../sources.js";

const MEDIA_PARTICIPANT_REQUEST = requestBody("MediaParticipantRequest", {
  object: "wrapup",
  string: "state resumeTime",
  boolean: "recording muted confined held wrapupSkipped",
});

const PARTICIPANT_ATTRIBUTES = requestBody("ParticipantAttributes", { "map of strings": "attributes" });

function participant(
  at: string,
  sdkMethod: string,
  more: Pick<DocumentedOperation, "success"> & { readonly needsUser?: boolean },
): DocumentedOperation {
  return operation(
    `PATCH /api/v2/conversations/${at}{conversationId}/participants/{participantId}`,
    `ConversationsApi.${sdkMethod}`,
    { body: MEDIA_PARTICIPANT_REQUEST, ...more },
  );
}

function attributes(at: string, sdkMethod: string | null): DocumentedOperation {
  return operation(
    `PATCH /api/v2/conversations/${at}{conversationId}/participants/{participantId}/attributes`,
    sdkMethod === null ? null : `ConversationsApi.${sdkMethod}`,
    {
      body: PARTICIPANT_ATTRIBUTES,
      success: saysNothing(202, CLI),
      needsUser: false,
      source: sdkMethod === null ? CLI : SDK,
    },
  );
}

const ACCEPTED = { success: saysNothing(202, CLI) } as const;
const NOTHING = { success: saysNothing(null, SDK) } as const;

/** State, hold, mute and wrap-up of a participant, and its attributes, for each medium. Nothing here has a version. */
export const PARTICIPANTS: readonly DocumentedOperation[] = [
  participant("", "patchConversationParticipant", ACCEPTED),
  participant("calls/", "patchConversationsCallParticipant", { ...ACCEPTED, needsUser: true }),
  participant("callbacks/", "patchConversationsCallbackParticipant", ACCEPTED),
  participant("emails/", "patchConversationsEmailParticipant", ACCEPTED),
  participant("messages/", "patchConversationsMessageParticipant", NOTHING),
  participant("cobrowsesessions/", "patchConversationsCobrowsesessionParticipant", NOTHING),
  attributes("", "patchConversationParticipantAttributes"),
  attributes("calls/", "patchConversationsCallParticipantAttributes"),
  attributes("callbacks/", "patchConversationsCallbackParticipantAttributes"),
  attributes("emails/", "patchConversationsEmailParticipantAttributes"),
  attributes("messages/", "patchConversationsMessageParticipantAttributes"),
  attributes("cobrowsesessions/", "patchConversationsCobrowsesessionParticipantAttributes"),
  // SDK 262.0.0 has no chats any more; the gc CLI still does.
  attributes("chats/", null),
];
