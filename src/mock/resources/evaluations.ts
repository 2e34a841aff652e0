import {
  isObject,
  type JsonObject,
  missingMembers,
  refuseInvalid,
  refuseUnlessObject,
  type Shape,
  within,
  wrongTypes,
} from "../json-shape.js";
import type { Call, Need, Prepared, Route, Wanting } from "../operation.js";
import { addItem, type Fields, fieldsOf, type Item } from "../org.js";
import type { InvalidField, Refusal } from "../refusal.js";
import { conversationOf } from "./conversation-subjects.js";
import { itemSubject, needsMember, seenItem } from "./items.js";
import { noteExecution } from "./note-execution.js";

const COLLECTION = "/api/v2/quality/conversations/{conversationId}/evaluations";

/** The vendor's `EvaluationCreateBody`. The id is the server's to give, and the conversation is the path's. */
const SHAPE: Shape = {
  evaluationForm: "object",
  evaluator: "object",
  agent: "object",
  agentHasRead: "boolean",
  answers: "object",
  calibration: "object",
  evaluationContextId: "string",
  resourceType: "string",
  evaluationSource: "object",
  rescore: "boolean",
  queue: "object",
  releaseDate: "string",
  status: "string",
  neverRelease: "boolean",
  dateAssigneeChanged: "string",
  assignee: "object",
};

/** "Must be included for a successful request", says the vendor's Go SDK of 2026-05-14; its types make them optional. */
const REQUIRED = ["evaluationForm", "evaluator", "agent"] as const;

/** Members that name something: `required` ones must say its id (SDK, EvaluationCreateUser). */
const REFERENCES: Readonly<Record<string, readonly string[]>> = {
  evaluationForm: [],
  evaluator: ["id"],
  agent: ["id"],
  assignee: ["id"],
  queue: [],
  calibration: [],
};

function wrongReference(body: JsonObject, name: string): readonly InvalidField[] {
  const reference = body[name];
  if (!isObject(reference)) return [];
  const details = [
    ...missingMembers(reference, REFERENCES[name] ?? []),
    ...wrongTypes(reference, { id: "string" }),
  ];
  return within(name, details);
}

function check(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  return refuseInvalid([
    ...missingMembers(body, REQUIRED),
    ...wrongTypes(body, SHAPE),
    ...Object.keys(REFERENCES).flatMap((name) => wrongReference(body, name)),
  ]);
}

/** The vendor's `Evaluation`, with its references unexpanded. */
function view(evaluation: Item): Fields {
  const { conversationId, ...rest } = evaluation.fields;
  return {
    id: evaluation.id,
    conversation: {
      id: conversationId,
      selfUri: `/api/v2/conversations/${String(conversationId)}`,
    },
    ...rest,
    selfUri: `/api/v2/quality/conversations/${String(conversationId)}/evaluations/${evaluation.id}`,
  };
}

function fieldsFor(call: Call, conversationId: string, body: unknown): Fields {
  const at = new Date(call.instant.epochMs).toISOString();
  const fields = fieldsOf({
    conversationId,
    status: "PENDING",
    agentHasRead: false,
    neverRelease: false,
    rescore: false,
    createdDate: at,
    changedDate: at,
  });
  const sent = isObject(body) ? body : {};
  for (const name of Object.keys(SHAPE)) if (sent[name] !== undefined) fields[name] = sent[name];
  return fields;
}

function operationOf(conversationId: string): string {
  return `evaluations/${conversationId}`;
}

function create(call: Call): Prepared | null {
  const conversation = conversationOf(call);
  if (conversation === null) return null;
  return {
    subject: null,
    validate: check,
    execute: (body) => {
      const id = call.org.random.uuid();
      const fields = { ...fieldsFor(call, conversation.id, body), id };
      const made = addItem(call.org, "evaluations", { fields, instant: call.instant });
      noteExecution(call, { operation: operationOf(conversation.id), id });
      return { representation: view(made), subject: itemSubject(made, "evaluation", view) };
    },
  };
}

function read(call: Call): Prepared | null {
  const [conversationId, evaluationId = ""] = call.params;
  const found = call.org.evaluations.get(evaluationId);
  if (found === undefined || found.fields.conversationId !== conversationId) return null;
  const seen = seenItem(found, call);
  if (seen === null) return null;
  return {
    subject: itemSubject(seen, "evaluation", view),
    execute: () => ({ representation: view(seen) }),
  };
}

function needsConversation({ params }: Wanting): readonly Need[] {
  const conversationId = params[0] ?? "";
  return [
    { table: "conversations", id: conversationId },
    { table: "executionCounts", id: operationOf(conversationId) },
  ];
}

const SCOPED = { scope: "quality", invented: false } as const;

/** Evaluations: the one creation that takes a key by documentation. Each counts as an execution. */
export const EVALUATION_ROUTES: readonly Route[] = [
  {
    ...SCOPED,
    method: "POST",
    template: COLLECTION,
    permission: "quality:evaluation:add",
    needs: needsConversation,
    prepare: create,
  },
  {
    ...SCOPED,
    method: "GET",
    template: `${COLLECTION}/{evaluationId}`,
    permission: "quality:evaluation:view",
    needs: needsMember("evaluations", 1),
    prepare: read,
  },
];
