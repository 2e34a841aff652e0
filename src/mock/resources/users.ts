import { isObject, refuseInvalid, refuseUnlessObject, type Shape, wrongTypes } from "../json-shape.js";
import type { Call, Prepared, Route } from "../operation.js";
import { type Fields, fieldsOf, findItem, type Item, userOfCaller } from "../org.js";
import type { Refusal } from "../refusal.js";
import { HOME_DIVISION } from "./conversation-views.js";
import { itemSubject, needsMember, seenItem } from "./items.js";

/** What the vendor's `UpdateUser` lets a client change, as far as plain members go. */
const UPDATE_SHAPE: Shape = {
  name: "string",
  department: "string",
  email: "string",
  primaryContactInfo: "array",
  addresses: "array",
  title: "string",
  username: "string",
  preferredName: "string",
  manager: "string",
  profileSkills: "array",
  state: "string",
  acdAutoAnswer: "boolean",
  certifications: "array",
};

/** The vendor's `User`; the version is added where the policy has one. */
function view(user: Item): Fields {
  const { name, ...rest } = user.fields;
  return { id: user.id, name, division: HOME_DIVISION, ...rest, selfUri: `/api/v2/users/${user.id}` };
}

function check(body: unknown): Refusal | null {
  return isObject(body) ? refuseInvalid(wrongTypes(body, UPDATE_SHAPE)) : refuseUnlessObject(body);
}

function membersOf(body: unknown): readonly string[] {
  return isObject(body) ? Object.keys(body).filter((name) => Object.hasOwn(UPDATE_SHAPE, name)) : [];
}

function update(call: Call, user: Item, body: unknown): void {
  if (!isObject(body)) return;
  const fields = fieldsOf(call.policy.concurrency.patchMerges === "per-key" ? user.fields : {});
  for (const name of membersOf(body)) fields[name] = body[name];
  user.fields = fields;
}

function read(find: (call: Call) => Item | null): Route["prepare"] {
  return (call): Prepared | null => {
    const user = find(call);
    if (user === null) return null;
    const seen = seenItem(user, call.instant.nowMs);
    return { subject: itemSubject(seen, "user", view), execute: () => ({ representation: view(seen) }) };
  };
}

function byId(call: Call): Item | null {
  return findItem(call.org, "users", { id: call.params[0] ?? "", instant: call.instant });
}

function write(call: Call): Prepared | null {
  const user = byId(call);
  if (user === null) return null;
  return {
    subject: itemSubject(user, "user", view),
    validate: check,
    members: membersOf,
    current: () => ({ representation: view(user) }),
    execute: (body) => {
      update(call, user, body);
      return { representation: view(user) };
    },
  };
}

const SCOPED = { scope: "users", invented: false } as const;

/** Users: the vendor's best known resource with a version in the body. */
export const USER_ROUTES: readonly Route[] = [
  {
    ...SCOPED,
    method: "GET",
    template: "/api/v2/users/me",
    permission: null,
    needs: ({ caller }) => [{ table: "users", id: caller.userId }],
    prepare: read((call) => userOfCaller(call.org, call.caller, call.instant)),
  },
  {
    ...SCOPED,
    method: "GET",
    template: "/api/v2/users/{userId}",
    permission: null,
    needs: needsMember("users"),
    prepare: read(byId),
  },
  {
    ...SCOPED,
    method: "PATCH",
    template: "/api/v2/users/{userId}",
    permission: "directory:user:edit",
    needs: needsMember("users"),
    prepare: write,
  },
];
