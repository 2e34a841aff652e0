import { isObject, refuseInvalid, refuseUnlessObject, wrongAttributes } from "../json-shape.js";
import type { Call, Prepared, Route } from "../operation.js";
import { type Conversation, findParticipant, type Participant } from "../org.js";
import type { InvalidField, Refusal } from "../refusal.js";
import { asWriter, bump } from "../versioned.js";
import {
  conversationOf,
  conversationSubject,
  participantOf,
  participantSubject,
} from "./conversation-subjects.js";
import { callParticipantView, conversationView, participantView } from "./conversation-views.js";
import { writeParticipant } from "./conversations.js";
import { needsMember } from "./items.js";
import { replaceParticipant, writeAttributes } from "./participant-writes.js";

interface ParticipantChange {
  readonly participant: Participant;
  readonly body: unknown;
}

function listedIn(body: unknown): readonly unknown[] {
  return isObject(body) && Array.isArray(body.participants) ? body.participants : [];
}

function changesIn(call: Call, conversation: Conversation, body: unknown): readonly ParticipantChange[] {
  return listedIn(body).flatMap((each) => {
    const id = isObject(each) ? String(each.id) : "";
    const participant = findParticipant(call.org, conversation, { id, instant: call.instant });
    return participant === null ? [] : [{ participant, body: each }];
  });
}

function wrongParticipant(each: unknown, index: number): readonly InvalidField[] {
  const at = `participants[${index}]`;
  if (!isObject(each) || typeof each.id !== "string")
    return [{ errorCode: "invalid.value", fieldName: `${at}.id` }];
  return each.attributes === undefined ? [] : wrongAttributes(each.attributes, `${at}.attributes`);
}

function checkConversation(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  const { participants } = body;
  if (!Array.isArray(participants))
    return refuseInvalid([{ errorCode: "invalid.value", fieldName: "participants" }]);
  return refuseInvalid(participants.flatMap(wrongParticipant));
}

/** A forum post's PATCH of a whole conversation: `{ participants: [{ id, attributes }] }`. */
function writeConversation(call: Call): Prepared | null {
  const conversation = conversationOf(call);
  if (conversation === null) return null;
  return {
    subject: conversationSubject(conversation),
    validate: checkConversation,
    current: () => ({ representation: conversationView(conversation) }),
    members: (body) => listedIn(body).map((each) => `participants.${isObject(each) ? String(each.id) : ""}`),
    execute: (body) => {
      for (const change of changesIn(call, conversation, body)) {
        writeAttributes(call, change.participant, change.body);
        bump(change.participant.versioned, {
          writer: asWriter(call.asker),
          epochMs: call.instant.epochMs,
          members: ["attributes"],
        });
      }
      return { representation: conversationView(conversation) };
    },
  };
}

function readParticipant(call: Call): Prepared | null {
  const found = participantOf(call);
  if (found === null) return null;
  const { conversation, participant } = found;
  return {
    subject: participantSubject(conversation, participant),
    execute: () => ({ representation: participantView(participant) }),
  };
}

function checkParticipant(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  return body.attributes === undefined ? null : refuseInvalid(wrongAttributes(body.attributes, "attributes"));
}

function putParticipant(call: Call): Prepared | null {
  const found = participantOf(call);
  if (found === null) return null;
  const { conversation, participant } = found;
  return {
    subject: participantSubject(conversation, participant),
    validate: checkParticipant,
    current: () => ({ representation: participantView(participant) }),
    execute: (body) => {
      replaceParticipant(call, participant, body);
      return { representation: participantView(participant) };
    },
  };
}

const INVENTED = {
  scope: "conversations",
  permission: null,
  invented: true,
  needs: needsMember("conversations"),
} as const;
const PARTICIPANT = "/api/v2/conversations/{conversationId}/participants/{participantId}";

/** Paths of conversations that the platform does not have and forum posts describe. */
export const INVENTED_CONVERSATION_ROUTES: readonly Route[] = [
  {
    ...INVENTED,
    method: "PATCH",
    template: "/api/v2/conversations/voice/{conversationId}",
    prepare: writeConversation,
  },
  {
    ...INVENTED,
    method: "PATCH",
    template: "/api/v2/conversations/voice/{conversationId}/participants/{participantId}",
    prepare: writeParticipant(callParticipantView),
  },
  { ...INVENTED, method: "GET", template: PARTICIPANT, prepare: readParticipant },
  { ...INVENTED, method: "PUT", template: PARTICIPANT, prepare: putParticipant },
];
