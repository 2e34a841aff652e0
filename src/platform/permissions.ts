import type { Source } from "./platform.js";
import { CLI } from "./sources.js";

/** What the vendor documents of the permissions for one operation. Never tested by gcidem. */
interface NeededPermissions {
  /** `METHOD /path` with `{parameters}`. */
  readonly operation: string;
  /** Any one of these is enough; empty: the documents name none. */
  readonly anyOf: readonly string[];
}

/** Where all of them stand: the usage texts of the vendor's tool quote its OpenAPI. */
export const PERMISSIONS_SOURCE: Source = CLI;

const AT = "/api/v2/conversations";
const SECURE = `${AT}/{conversationId}/secureattributes`;
const ACTION = "/api/v2/integrations/actions/{actionId}";

const PARTICIPANT = [
  "conversation:participant:wrapup",
  "conversation:call:record",
  "conversation:communication:disconnect",
];
const EXECUTE = ["integrations:action:execute", "bridge:actions:execute"];
const EDIT_ACTION = ["integrations:action:edit"];
const EDIT_USER = ["directory:user:edit"];
const EDIT_SECURE = ["conversation:participant:attributesedit"];

function needs(operation: string, ...anyOf: readonly string[]): NeededPermissions {
  return { operation, anyOf };
}

/** The operations whose permissions are known here: those that conflicts are met on. */
export const DOCUMENTED_PERMISSIONS: readonly NeededPermissions[] = [
  needs(`GET ${AT}/{conversationId}`, "conversation:communication:view"),
  needs(`GET ${AT}/calls/{conversationId}`),
  needs(`GET ${AT}/callbacks/{conversationId}`),
  needs(`GET ${SECURE}`, "conversation:participant:attributesview"),
  needs(`PUT ${SECURE}`, ...EDIT_SECURE),
  needs(`PATCH ${SECURE}`, ...EDIT_SECURE),
  needs(`POST ${AT}/callbacks`, "conversation:callback:create"),
  needs(`PATCH ${AT}/callbacks/{conversationId}`, "conversation:communication:disconnect"),
  needs(`PATCH ${AT}/calls/{conversationId}/participants/{participantId}`),
  needs(`PATCH ${AT}/{conversationId}/participants/{participantId}`, ...PARTICIPANT),
  needs(`PATCH ${AT}/{conversationId}/participants/{participantId}/attributes`),
  needs(`PATCH ${AT}/{media}/{conversationId}/participants/{participantId}/attributes`),
  needs(`POST ${ACTION}/execute`, ...EXECUTE),
  needs(`POST ${ACTION}/test`, ...EXECUTE),
  needs(`GET ${ACTION}`, "integrations:action:view"),
  needs(`PATCH ${ACTION}`, ...EDIT_ACTION),
  needs(`PATCH ${ACTION}/draft`, ...EDIT_ACTION),
  needs(`POST ${ACTION}/draft/publish`, ...EDIT_ACTION),
  needs("PATCH /api/v2/users/{userId}", ...EDIT_USER),
  needs("PUT /api/v2/groups/{groupId}", "directory:group:edit"),
  needs("POST /api/v2/quality/conversations/{conversationId}/evaluations", "quality:evaluation:add"),
  ...["scim", "scim/v2"].flatMap((scim) =>
    ["PUT", "PATCH"].map((method) => needs(`${method} /api/v2/${scim}/users/{userId}`, ...EDIT_USER)),
  ),
];

function patternOf(operation: string): RegExp {
  return new RegExp(`^${operation.replaceAll(/\{\w+\}/g, "[^/]+")}$`);
}

/** What a request needs, by its path under /api/v2/ (without a query); null where gcidem knows nothing of it. Pure. */
export function neededPermissions(method: string, path: string): NeededPermissions | null {
  const asked = `${method.toUpperCase()} ${path}`;
  return DOCUMENTED_PERMISSIONS.find(({ operation }) => patternOf(operation).test(asked)) ?? null;
}
