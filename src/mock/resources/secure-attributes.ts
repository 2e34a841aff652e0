import { isObject, refuseInvalid, refuseUnlessObject, wrongAttributes } from "../json-shape.js";
import type { Call, Prepared, Route } from "../operation.js";
import type { Fields, SecureAttributes } from "../org.js";
import type { Refusal } from "../refusal.js";
import { conversationOf, secureSubject, seenByReader } from "./conversation-subjects.js";
import { needsMember } from "./items.js";
import { attributesIn, mergeAttributes, touchedMembers } from "./participant-writes.js";

const TEMPLATE = "/api/v2/conversations/{conversationId}/secureattributes";

/** The vendor's `ConversationSecureAttributes`; the version is added where the policy has one. */
function view(secure: SecureAttributes): Fields {
  return { attributes: secure.attributes };
}

function check(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  return body.attributes === undefined ? null : refuseInvalid(wrongAttributes(body.attributes, "attributes"));
}

function read(call: Call): Prepared | null {
  const conversation = conversationOf(call);
  if (conversation === null) return null;
  const seen = seenByReader(conversation, call);
  return { subject: secureSubject(seen), execute: () => ({ representation: view(seen.secure) }) };
}

function write(mergesAs: (call: Call) => "per-key" | "replace"): Route["prepare"] {
  return (call) => {
    const conversation = conversationOf(call);
    if (conversation === null) return null;
    const { secure } = conversation;
    const merges = mergesAs(call);
    return {
      subject: secureSubject(conversation),
      validate: check,
      members: (body) => (merges === "per-key" ? touchedMembers(body) : null),
      current: () => ({ representation: view(secure) }),
      execute: (body) => {
        secure.attributes = mergeAttributes(secure.attributes, attributesIn(body) ?? {}, merges);
        return { representation: view(secure) };
      },
    };
  };
}

const SCOPED = {
  scope: "conversations",
  invented: false,
  template: TEMPLATE,
  needs: needsMember("conversations"),
} as const;

/** The one part of a conversation that the vendor gives a version. */
export const SECURE_ATTRIBUTE_ROUTES: readonly Route[] = [
  { ...SCOPED, method: "GET", permission: "conversation:participant:attributesview", prepare: read },
  {
    ...SCOPED,
    method: "PUT",
    permission: "conversation:participant:attributesedit",
    prepare: write(() => "replace"),
  },
  {
    ...SCOPED,
    method: "PATCH",
    permission: "conversation:participant:attributesedit",
    prepare: write((call) => call.policy.concurrency.patchMerges),
  },
];
