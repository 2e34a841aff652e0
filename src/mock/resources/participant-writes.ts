import { CONVERSATION_STATES } from "../../core/conversation-states.js";
import {
  isObject,
  type JsonObject,
  refuseInvalid,
  refuseUnlessObject,
  type Shape,
  wrongAttributes,
  wrongTypes,
} from "../json-shape.js";
import type { Call } from "../operation.js";
import { type Attributes, type Conversation, fieldsOf, type Participant } from "../org.js";
import type { InvalidField, Refusal } from "../refusal.js";

const STATES: ReadonlySet<string> = new Set(CONVERSATION_STATES);

/** The vendor's `MediaParticipantRequest`, as far as calls use it. */
const MEDIA_SHAPE: Shape = {
  wrapup: "object",
  state: "string",
  recording: "boolean",
  muted: "boolean",
  confined: "boolean",
  held: "boolean",
  wrapupSkipped: "boolean",
};

const SWITCHES = ["held", "muted", "confined", "recording"] as const;

/** Attributes out of a body that was checked; null where it has none. */
export function attributesIn(body: unknown): Attributes | null {
  return isObject(body) && isObject(body.attributes) ? (body.attributes as Attributes) : null;
}

/** Merges per key, or replaces: what `patchMerges` says. */
export function mergeAttributes(
  current: Attributes,
  sent: Attributes,
  merges: "per-key" | "replace",
): Attributes {
  return merges === "per-key" ? { ...current, ...sent } : { ...sent };
}

/** The platform's 400 for a body that is not the vendor's `ParticipantAttributes`; null where it is. Pure. */
export function checkAttributes(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  return refuseInvalid(wrongAttributes(body.attributes, "attributes"));
}

function wrongState(body: JsonObject): readonly InvalidField[] {
  const state = body.state;
  return typeof state === "string" && !STATES.has(state)
    ? [{ errorCode: "invalid.value", fieldName: "state" }]
    : [];
}

/** The platform's 400 for a body that is not the vendor's `MediaParticipantRequest`; null where it is. Pure. */
export function checkMediaRequest(body: unknown, invented: boolean): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  const attributes =
    invented && body.attributes !== undefined ? wrongAttributes(body.attributes, "attributes") : [];
  return refuseInvalid([...wrongTypes(body, MEDIA_SHAPE), ...wrongState(body), ...attributes]);
}

/** Members that a media request touches, attributes by name. Pure. */
export function touchedMembers(body: unknown): readonly string[] {
  if (!isObject(body)) return [];
  const attributes = Object.keys(attributesIn(body) ?? {}).map((name) => `attributes.${name}`);
  return [...Object.keys(body).filter((name) => name !== "attributes"), ...attributes];
}

/** True for a body that moves the state on. Pure. */
export function setsState(body: unknown): boolean {
  return isObject(body) && typeof body.state === "string";
}

function followParticipants(conversation: Conversation, nowMs: number): void {
  const states = [...conversation.participants.values()].map((participant) => participant.state);
  const [first] = states;
  if (first === undefined || first === conversation.state || states.some((state) => state !== first)) return;
  conversation.state = first;
  conversation.stateSinceMs = nowMs;
}

function moveState(
  call: Call,
  conversation: Conversation,
  to: { readonly participant: Participant; readonly state: string },
): void {
  to.participant.state = to.state;
  to.participant.stateSinceMs = call.instant.nowMs;
  followParticipants(conversation, call.instant.nowMs);
}

/** Sets the attributes of a participant out of a body that was checked. */
export function writeAttributes(call: Call, participant: Participant, body: unknown): void {
  const sent = attributesIn(body);
  if (sent === null) return;
  participant.attributes = mergeAttributes(participant.attributes, sent, call.policy.concurrency.patchMerges);
}

/** Carries out a media request that was checked. Members that the vendor's type lacks are passed over. */
export function writeMedia(
  call: Call,
  at: { readonly conversation: Conversation; readonly participant: Participant },
  body: unknown,
): void {
  if (!isObject(body)) return;
  const { conversation, participant } = at;
  for (const name of SWITCHES) {
    const value = body[name];
    if (typeof value === "boolean") participant[name] = value;
  }
  if (isObject(body.wrapup)) participant.wrapup = body.wrapup;
  const { state } = body;
  if (typeof state === "string") moveState(call, conversation, { participant, state });
  if (call.invented) writeAttributes(call, participant, body);
}

/** Replaces a participant's attributes and free members: the PUT that a forum post made up. */
export function replaceParticipant(call: Call, participant: Participant, body: unknown): void {
  const { validator } = call.policy.concurrency;
  const { attributes: _attributes, id: _id, ...rest } = isObject(body) ? body : {};
  const extra = fieldsOf(rest);
  if ("name" in validator) delete extra[validator.name];
  for (const name of ["purpose", "calls", "state", "wrapup", ...SWITCHES]) delete extra[name];
  participant.extra = extra;
  participant.attributes = mergeAttributes(participant.attributes, attributesIn(body) ?? {}, "replace");
}
