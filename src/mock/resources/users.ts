import {
  isObject,
  missingMembers,
  refuseInvalid,
  refuseUnlessObject,
  type Shape,
  wrongTypes,
} from "../json-shape.js";
import type { Call, Need, Prepared, Route, Subject, Wanting } from "../operation.js";
import { addItem, type Fields, fieldsOf, findItem, type Item, setFields, userOfCaller } from "../org.js";
import type { Refusal } from "../refusal.js";
import { asWriter } from "../versioned.js";
import { HOME_DIVISION } from "./conversation-views.js";
import { itemSubject, movesState, needsMember, seenItem } from "./items.js";
import { claimUnique, needsUnique, refuseTaken, type UniqueClaim } from "./unique-names.js";

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

/** The vendor's `CreateUser`. The password is taken and shown nowhere. */
const CREATE_SHAPE: Shape = {
  name: "string",
  department: "string",
  email: "string",
  addresses: "array",
  title: "string",
  password: "string",
  divisionId: "string",
  state: "string",
};

/**
 * The SDK's type has `divisionId` besides (262.0.0), but the vendor's own Terraform provider leaves it out where its user
 * names none (read 2026-11-22), and the user is then of the home division.
 */
const REQUIRED_TO_CREATE = ["name", "email"] as const;

/** The vendor's `User`; the version is added where the policy has one, the stations where the client asks for them. */
export function userView(user: Item): Fields {
  const { name, scim: _scim, station: _station, ...rest } = user.fields;
  return { id: user.id, name, division: HOME_DIVISION, ...rest, selfUri: `/api/v2/users/${user.id}` };
}

/** A user as the rules see it, whichever operation shows it: all views of one user have one token. */
export function userSubject(user: Item): Subject {
  return itemSubject(user, "user", ({ id, fields }) => ({ ...fields, id }));
}

/** The user that the first segment of a path names; null where there is none. */
export function userOf(call: Call): Item | null {
  return findItem(call.org, "users", { id: call.params[0] ?? "", instant: call.instant });
}

function claimOf(body: unknown): UniqueClaim {
  return { on: "users.email", value: isObject(body) ? body.email : undefined };
}

function checkUpdate(body: unknown): Refusal | null {
  return isObject(body) ? refuseInvalid(wrongTypes(body, UPDATE_SHAPE)) : refuseUnlessObject(body);
}

function checkCreate(body: unknown): Refusal | null {
  if (!isObject(body)) return refuseUnlessObject(body);
  const empty = REQUIRED_TO_CREATE.filter((name) => body[name] === "").map((fieldName) => ({
    errorCode: "invalid.value",
    fieldName,
  }));
  return refuseInvalid([
    ...missingMembers(body, REQUIRED_TO_CREATE),
    ...wrongTypes(body, CREATE_SHAPE),
    ...empty,
  ]);
}

function membersOf(body: unknown): readonly string[] {
  return isObject(body) ? Object.keys(body).filter((name) => Object.hasOwn(UPDATE_SHAPE, name)) : [];
}

/** What stays of a user when a body replaces all that it can change. */
function unchangeable(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => !Object.hasOwn(UPDATE_SHAPE, name)));
}

function update(call: Call, user: Item, body: unknown): void {
  if (!isObject(body)) return;
  const isKept = call.policy.concurrency.patchMerges === "per-key";
  const fields = fieldsOf(isKept ? user.fields : unchangeable(user.fields));
  for (const name of membersOf(body)) fields[name] = body[name];
  setFields(user, fields, call.instant);
  claimUnique(call, claimOf(body));
}

function divisionOf(divisionId: unknown): Fields {
  if (divisionId === HOME_DIVISION.id || typeof divisionId !== "string") return {};
  return { division: { id: divisionId, selfUri: `/api/v2/authorization/divisions/${divisionId}` } };
}

/** The new user. Its making counts as a write, so that whatever trails writes trails it too. */
function make(call: Call, body: unknown): Item {
  const { password: _password, divisionId, ...sent } = isObject(body) ? body : {};
  const known = Object.entries(sent).filter(([name]) => Object.hasOwn(CREATE_SHAPE, name));
  const fields = {
    state: "active",
    ...fieldsOf(Object.fromEntries(known)),
    ...divisionOf(divisionId),
    username: sent.email,
    id: call.org.random.uuid(),
  };
  const user = addItem(call.org, "users", { fields, instant: call.instant });
  user.versioned.writers.push(asWriter(call.asker));
  claimUnique(call, claimOf(body));
  return user;
}

function create(call: Call): Prepared {
  return {
    subject: null,
    validate: (body) => checkCreate(body) ?? refuseTaken(call, claimOf(body), null),
    current: (stored) => {
      const user = isObject(stored) ? call.org.users.get(String(stored.id)) : undefined;
      return user === undefined ? null : { representation: userView(user), subject: userSubject(user) };
    },
    execute: (body) => {
      const user = make(call, body);
      return { representation: userView(user), subject: userSubject(user) };
    },
  };
}

/** The SDK sends each name on its own; a client may as well send a list. */
function asksForStation(call: Call): boolean {
  return call.query.getAll("expand").some((names) => names.split(",").includes("station"));
}

function read(find: (call: Call) => Item | null): Route["prepare"] {
  return (call): Prepared | null => {
    const seen = seenItem(find(call), call);
    if (seen === null) return null;
    const station = asksForStation(call) ? { station: seen.fields.station ?? {} } : {};
    return {
      subject: userSubject(seen),
      execute: () => ({ representation: { ...userView(seen), ...station } }),
    };
  };
}

function write(call: Call): Prepared | null {
  const user = userOf(call);
  if (user === null) return null;
  return {
    subject: userSubject(user),
    validate: (body) => checkUpdate(body) ?? refuseTaken(call, claimOf(body), user.id),
    setsState: movesState(user),
    members: (body) => (call.policy.concurrency.patchMerges === "per-key" ? membersOf(body) : null),
    current: () => ({ representation: userView(user) }),
    execute: (body) => {
      update(call, user, body);
      return { representation: userView(user) };
    },
  };
}

function needsEmail({ policy, body }: Wanting): readonly Need[] {
  return needsUnique(policy, claimOf(body));
}

const SCOPED = { scope: "users", invented: false } as const;

/** Users: the vendor's best known resource with a version in the body. */
export const USER_ROUTES: readonly Route[] = [
  {
    ...SCOPED,
    method: "POST",
    template: "/api/v2/users",
    permission: "directory:user:add",
    needs: needsEmail,
    prepare: create,
  },
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
    prepare: read(userOf),
  },
  {
    ...SCOPED,
    method: "PATCH",
    template: "/api/v2/users/{userId}",
    permission: "directory:user:edit",
    needs: (wanting) => [...needsMember("users")(wanting), ...needsEmail(wanting)],
    prepare: write,
  },
];
