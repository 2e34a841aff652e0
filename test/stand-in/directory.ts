import { addUser, type User } from "./org.js";
import type { Asked, Route } from "./route.js";
import { type Answer, BAD_REQUEST, NOT_FOUND, objectIn, refusal } from "./wire.js";

const USERS = "/api/v2/users";
const EDIT = ["directory:user:edit"];

function view(user: User): unknown {
  return { id: user.id, ...user.fields, version: user.version, selfUri: `${USERS}/${user.id}` };
}

function userOf({ org, values: [id = ""] }: Asked): User | undefined {
  return org.users.get(id);
}

function readUser(asked: Asked): Answer {
  const user = userOf(asked);
  return user === undefined ? NOT_FOUND : { status: 200, json: view(user) };
}

/** Both wordings were seen: 409 in the vendor's swagger of 2017, 400 in its Terraform provider's issues. */
function staleAnswer(status: 400 | 409, sent: unknown, current: number): Answer {
  return status === 409
    ? refusal(409, "general.conflict", "The version supplied does not match the current version of the user")
    : refusal(400, "bad.request", `Supplied version ${sent} does not match the current version ${current}`);
}

function patchUser(asked: Asked): Answer {
  const user = userOf(asked);
  const sent = objectIn(asked.body);
  if (user === undefined) return NOT_FOUND;
  if (sent === null || typeof sent.version !== "number") return BAD_REQUEST;
  if (sent.version !== user.version)
    return staleAnswer(asked.manners.staleVersion, sent.version, user.version);
  const { version: _version, id: _id, selfUri: _selfUri, ...fields } = sent;
  user.fields = { ...user.fields, ...fields };
  user.version += 1;
  return { status: 200, json: view(user) };
}

function createUser({ org, body }: Asked): Answer {
  const sent = objectIn(body);
  if (typeof sent?.name !== "string" || typeof sent.email !== "string") return BAD_REQUEST;
  if ([...org.users.values()].some(({ email }) => email === sent.email))
    return refusal(409, "general.conflict", "A user with this email address is there already.");
  const user = addUser(org, sent.name);
  user.fields = { ...user.fields, ...sent };
  return { status: 200, json: view(user) };
}

function scimView({ id, email, version, fields }: User): unknown {
  return {
    schemas: ["urn:ietf:params:scim:schemas:core:2.0:User"],
    id,
    userName: email,
    displayName: fields.name,
    active: fields.state === "active",
    ...("title" in fields ? { title: fields.title } : {}),
    meta: { resourceType: "User", version: String(version) },
  };
}

function scimError(status: number, detail: string, scimType?: string): Answer {
  const schemas = ["urn:ietf:params:scim:api:messages:2.0:Error"];
  return { status, json: { schemas, status: String(status), ...(scimType ? { scimType } : {}), detail } };
}

function scimAnswer(user: User): Answer {
  return { status: 200, headers: { ETag: `"${user.version}"` }, json: scimView(user) };
}

const NOBODY = scimError(404, "The requested resource was not found.");

function readScim(asked: Asked): Answer {
  const user = userOf(asked);
  if (user === undefined) return NOBODY;
  const known = asked.headers["if-none-match"] === `"${user.version}"`;
  return known ? { status: 304, headers: { ETag: `"${user.version}"` } } : scimAnswer(user);
}

function putScim(asked: Asked): Answer {
  const user = userOf(asked);
  const sent = objectIn(asked.body);
  if (user === undefined) return NOBODY;
  if (sent === null) return scimError(400, "The request body could not be read.", "invalidSyntax");
  const wanted = asked.headers["if-match"];
  if (wanted !== undefined && wanted !== `"${user.version}"`)
    return scimError(400, "The ETag does not match the current version of the resource.", "invalidVers");
  const { title, displayName } = sent;
  if (typeof title === "string") user.fields.title = title;
  if (typeof displayName === "string") user.fields.name = displayName;
  user.version += 1;
  return scimAnswer(user);
}

function scimRoutes(path: string): readonly Route[] {
  return [
    { operation: `GET ${path}/{userId}`, permissions: [], answer: readScim },
    { operation: `PUT ${path}/{userId}`, permissions: EDIT, answer: putScim },
  ];
}

function showOrganization({ org }: Asked): Answer {
  return { status: 200, json: org.organization };
}

function showToken({ org, client }: Asked): Answer {
  const { id, name } = org.organization;
  const OAuthClient = { id: client.id, name: "of a test", authorizedGrantType: "CLIENT_CREDENTIALS" };
  return { status: 200, json: { organization: { id, name }, authorizedScope: [], OAuthClient } };
}

/** `AuthzSubject`: one role in one division. A client that may do everything has a role of stars. */
function showGrants({ client }: Asked): Answer {
  const policies = (client.permissions ?? ["*:*:*"]).map((permission) => {
    const [domain, entityName, action] = permission.split(":");
    return { domain, entityName, actions: [action] };
  });
  const role = { id: "a-role", name: "Support developer", policies };
  const division = { id: "a-division", name: "Home" };
  return { status: 200, json: { id: client.id, grants: [{ subjectId: client.id, division, role }] } };
}

function listQueues({ org }: Asked): Answer {
  const entities = [...org.queues.values()];
  const page = { pageSize: 25, pageNumber: 1, pageCount: 1, total: entities.length };
  return { status: 200, json: { entities, ...page } };
}

function showQueue({ org, values: [id = ""] }: Asked): Answer {
  const queue = org.queues.get(id);
  return queue === undefined ? NOT_FOUND : { status: 200, json: queue };
}

/** Answers with what this action's own schema would say: here, how often it ran. */
function execute({ org, values: [id = ""], body }: Asked): Answer {
  if (objectIn(body) === null) return BAD_REQUEST;
  const executions = (org.executions.get(id) ?? 0) + 1;
  org.executions.set(id, executions);
  return { status: 200, json: { executions } };
}

/** People, queues, data actions, and who one is. */
export const DIRECTORY_ROUTES: readonly Route[] = [
  { operation: "GET /api/v2/organizations/me", permissions: [], answer: showOrganization },
  { operation: "GET /api/v2/tokens/me", permissions: [], answer: showToken },
  { operation: "GET /api/v2/authorization/subjects/me", permissions: [], answer: showGrants },
  { operation: "GET /api/v2/users/me", permissions: [], needsUser: true, answer: () => NOT_FOUND },
  { operation: `GET ${USERS}/{userId}`, permissions: [], answer: readUser },
  { operation: `PATCH ${USERS}/{userId}`, permissions: EDIT, answer: patchUser },
  { operation: `POST ${USERS}`, permissions: ["directory:user:add"], answer: createUser },
  ...scimRoutes("/api/v2/scim/users"),
  ...scimRoutes("/api/v2/scim/v2/users"),
  { operation: "GET /api/v2/routing/queues", permissions: ["routing:queue:view"], answer: listQueues },
  {
    operation: "GET /api/v2/routing/queues/{queueId}",
    permissions: ["routing:queue:view"],
    answer: showQueue,
  },
  {
    operation: "POST /api/v2/integrations/actions/{actionId}/execute",
    permissions: ["integrations:action:execute", "bridge:actions:execute"],
    answer: execute,
  },
];
