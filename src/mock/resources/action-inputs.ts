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
import { type Fields, fieldsOf } from "../org.js";
import type { InvalidField, Refusal } from "../refusal.js";

/** What a body may set of an action or of its draft. What else is in it is passed over. */
export interface ActionInput {
  readonly members: readonly string[];
  readonly required: readonly string[];
}

/** The vendor's `PostActionInput`. */
export const POST_ACTION: ActionInput = {
  members: ["category", "name", "integrationId", "config", "contract", "secure"],
  required: ["category", "name", "integrationId", "config", "contract"],
};

/** The vendor's `UpdateActionInput`, but for the version, which the policy looks at. */
export const UPDATE_ACTION: ActionInput = { members: ["category", "name", "config"], required: [] };

/** The vendor's `UpdateDraftInput`, but for the version, which the policy looks at. */
export const UPDATE_DRAFT: ActionInput = {
  members: ["category", "name", "config", "contract", "secure"],
  required: [],
};

const SHAPE: Shape = {
  category: "string",
  name: "string",
  integrationId: "string",
  config: "object",
  contract: "object",
  secure: "boolean",
};

/** An object somewhere in the body. */
interface Part {
  readonly at: string;
  readonly shape: Shape;
  readonly required: readonly string[];
}

/** The vendor's `ActionConfig` and `ActionContractInput`, down to where schemas and templates begin. */
const PARTS: readonly Part[] = [
  {
    at: "config",
    shape: { timeoutSeconds: "number", request: "object", response: "object" },
    required: [],
  },
  {
    at: "config.request",
    shape: {
      requestUrlTemplate: "string",
      requestTemplate: "string",
      requestTemplateUri: "string",
      requestType: "string",
    },
    required: [],
  },
  {
    at: "config.response",
    shape: { successTemplate: "string", successTemplateUri: "string" },
    required: [],
  },
  { at: "contract", shape: { input: "object", output: "object" }, required: ["input", "output"] },
  { at: "contract.input", shape: { inputSchema: "object" }, required: ["inputSchema"] },
  { at: "contract.output", shape: { successSchema: "object" }, required: ["successSchema"] },
];

/** Members that are maps of names to texts. */
const TEXT_MAPS: readonly string[] = [
  "config.request.headers",
  "config.response.translationMap",
  "config.response.translationMapDefaults",
];

function valueAt(body: JsonObject, path: string): unknown {
  let value: unknown = body;
  for (const name of path.split(".")) value = isObject(value) ? value[name] : undefined;
  return value;
}

function wrongPart(body: JsonObject, { at, shape, required }: Part): readonly InvalidField[] {
  const part = valueAt(body, at);
  if (!isObject(part)) return [];
  return within(at, [...missingMembers(part, required), ...wrongTypes(part, shape)]);
}

function wrongMap(body: JsonObject, at: string): readonly InvalidField[] {
  const map = valueAt(body, at);
  return map === undefined || map === null ? [] : wrongAttributes(map, at);
}

/** The members of a body that an input has. Pure. */
export function membersOf(body: unknown, { members }: ActionInput): readonly string[] {
  return isObject(body) ? members.filter((name) => Object.hasOwn(body, name)) : [];
}

/** What a body, once it was checked, sets. Pure. */
export function fieldsIn(body: unknown, input: ActionInput): Fields {
  const sent = isObject(body) ? body : {};
  return fieldsOf(Object.fromEntries(membersOf(sent, input).map((name) => [name, sent[name]])));
}

/** The platform's 400 for a body that is not of an input's shape; null where it is. Pure. */
export function checkInput(body: unknown, input: ActionInput): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  const known = fieldsIn(body, input);
  return refuseInvalid([
    ...missingMembers(known, input.required),
    ...wrongTypes(known, SHAPE),
    ...PARTS.flatMap((part) => wrongPart(known, part)),
    ...TEXT_MAPS.flatMap((at) => wrongMap(known, at)),
  ]);
}
