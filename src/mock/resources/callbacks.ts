import {
  isObject,
  type JsonObject,
  missingMembers,
  refuseInvalid,
  refuseUnlessObject,
  type Shape,
  within,
  wrongAttributes,
  wrongTypes,
} from "../json-shape.js";
import type { Call, Prepared, Route } from "../operation.js";
import {
  type Attributes,
  addConversation,
  addParticipant,
  type Fields,
  fieldsOf,
  type Participant,
} from "../org.js";
import type { InvalidField, Refusal } from "../refusal.js";
import { noteExecution } from "./note-execution.js";

/** The vendor's `CreateCallbackCommand`. */
const SHAPE: Shape = {
  scriptId: "string",
  queueId: "string",
  routingData: "object",
  customerFirstCallbackDeliveryMode: "string",
  callbackUserName: "string",
  callbackNumbers: "array",
  callbackScheduledTime: "string",
  countryCode: "string",
  validateCallbackNumbers: "boolean",
  data: "object",
  callerId: "string",
  callerIdName: "string",
};

/** The vendor's `RoutingData`. */
const ROUTING_SHAPE: Shape = {
  queueId: "string",
  languageId: "string",
  label: "string",
  priority: "number",
  skillIds: "array",
  skillExpression: "string",
  preferredAgentIds: "array",
  scoredAgents: "array",
  routingFlags: "array",
};

/** Members of the command that the vendor's `Callback` has too. */
const SHOWN = [
  "callbackNumbers",
  "callbackUserName",
  "callbackScheduledTime",
  "scriptId",
  "callerId",
  "callerIdName",
] as const;

/** Go SDK, CreateCallbackCommand: "Either queueId or routingData is required." */
function missingRoute(body: JsonObject): readonly InvalidField[] {
  return isObject(body.routingData) ? [] : missingMembers(body, ["queueId"]);
}

function wrongRouting({ routingData }: JsonObject): readonly InvalidField[] {
  if (!isObject(routingData)) return [];
  const details = [...missingMembers(routingData, ["queueId"]), ...wrongTypes(routingData, ROUTING_SHAPE)];
  return within("routingData", details);
}

function wrongNumbers({ callbackNumbers }: JsonObject): readonly InvalidField[] {
  if (!Array.isArray(callbackNumbers)) return [];
  return callbackNumbers.flatMap((number, index) =>
    typeof number === "string"
      ? []
      : [{ errorCode: "invalid.value", fieldName: `callbackNumbers[${index}]` }],
  );
}

function wrongTime({ callbackScheduledTime: time }: JsonObject): readonly InvalidField[] {
  const fits = typeof time !== "string" || !Number.isNaN(Date.parse(time));
  return fits ? [] : [{ errorCode: "invalid.date", fieldName: "callbackScheduledTime" }];
}

function check(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  return refuseInvalid([
    ...missingMembers(body, ["callbackNumbers"]),
    ...missingRoute(body),
    ...wrongTypes(body, SHAPE),
    ...wrongRouting(body),
    ...wrongNumbers(body),
    ...wrongTime(body),
    ...(isObject(body.data) ? wrongAttributes(body.data, "data") : []),
  ]);
}

function callbackFields(body: JsonObject): Fields {
  return fieldsOf(
    Object.fromEntries(SHOWN.filter((name) => body[name] != null).map((name) => [name, body[name]])),
  );
}

/** The vendor's `CallbackIdentifier`: the customer is EXTERNAL, the queue's own party ACD (Java SDK). */
function identifierOf(participant: Participant): Fields {
  return { type: participant.purpose === "acd" ? "ACD" : "EXTERNAL", id: participant.id };
}

/** A conversation of its own for each callback, of the customer and the queue; `data` are the customer's attributes. */
function make(call: Call, body: JsonObject): { readonly representation: Fields; readonly id: string } {
  const { org, instant } = call;
  const conversation = addConversation(org, { id: org.random.uuid(), state: "connected" }, instant);
  const callback = callbackFields(body);
  const customer = addParticipant(
    conversation,
    { id: org.random.uuid(), purpose: "customer", callback },
    instant,
  );
  const queue = addParticipant(conversation, { id: org.random.uuid(), purpose: "acd", callback }, instant);
  if (isObject(body.data)) customer.attributes = fieldsOf(body.data) as Attributes;
  const { id } = conversation;
  return {
    id,
    representation: {
      conversation: { id, selfUri: `/api/v2/conversations/callbacks/${id}` },
      callbackIdentifiers: [queue, customer].map(identifierOf),
    },
  };
}

function create(call: Call): Prepared {
  return {
    subject: null,
    validate: check,
    execute: (body) => {
      const { id, representation } = make(call, isObject(body) ? body : {});
      noteExecution(call, { operation: "callbacks", id });
      return { representation };
    },
  };
}

/** Callbacks: each makes a conversation, and nothing that a client can send makes a second one impossible. */
export const CALLBACK_ROUTES: readonly Route[] = [
  {
    method: "POST",
    template: "/api/v2/conversations/callbacks",
    scope: "conversations",
    permission: "conversation:callback:create",
    invented: false,
    needs: () => [{ table: "executionCounts", id: "callbacks" }],
    prepare: create,
  },
];
