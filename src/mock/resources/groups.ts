import {
  isObject,
  missingMembers,
  refuseInvalid,
  refuseUnlessObject,
  type Shape,
  wrongTypes,
} from "../json-shape.js";
import type { Call, Prepared, Route, Subject, Wanting } from "../operation.js";
import { addItem, type Fields, fieldsOf, findItem, type Item, setFields } from "../org.js";
import { bury, lifeOf, tombstoneOf } from "../tombstones.js";
import { itemSubject, movesState, needsDeletable, seenItem } from "./items.js";
import { unlessReferenced } from "./references.js";
import { claimUnique, needsUnique, refuseTaken, type UniqueClaim } from "./unique-names.js";

/** What the vendor's `GroupUpdate` lets a client change, as far as plain members go. */
const UPDATE_SHAPE: Shape = {
  name: "string",
  description: "string",
  state: "string",
  addresses: "array",
  rulesVisible: "boolean",
  visibility: "string",
  rolesEnabled: "boolean",
  includeOwners: "boolean",
  callsEnabled: "boolean",
  email: "string",
  ownerIds: "array",
};

/** The vendor's `GroupCreate`: a group keeps its type. */
const CREATE_SHAPE: Shape = { ...UPDATE_SHAPE, type: "string" };

const REQUIRED_TO_CREATE = ["name", "type", "rulesVisible", "visibility"] as const;

/** Ids of the users in a group, in the order in which they came. */
export function memberIdsOf(group: Item): readonly string[] {
  const { memberIds } = group.fields;
  return Array.isArray(memberIds) ? memberIds.map(String) : [];
}

function ownersOf(ownerIds: unknown): Fields {
  if (!Array.isArray(ownerIds)) return {};
  return { owners: ownerIds.map((id) => ({ id: String(id), selfUri: `/api/v2/users/${String(id)}` })) };
}

/** The vendor's `Group`; the version is added where the policy has one. */
function view(group: Item): Fields {
  const { memberIds: _memberIds, ownerIds, ...rest } = group.fields;
  return {
    id: group.id,
    state: "active",
    ...rest,
    ...ownersOf(ownerIds),
    memberCount: memberIdsOf(group).length,
    selfUri: `/api/v2/groups/${group.id}`,
  };
}

/** A group as the rules see it: its members are part of it. */
export function groupSubject(group: Item): Subject {
  return itemSubject(group, "group", ({ id, fields }) => ({ ...fields, id }));
}

/** The group that a path names; null where there is none. */
export function groupOf(call: Call): Item | null {
  return findItem(call.org, "groups", { id: call.params[0] ?? "", instant: call.instant });
}

/** The group that a path names, as a reader sees it now; null where there is none. */
export function seenGroup(call: Call): Item | null {
  const held = groupOf(call) ?? tombstoneOf(call, "groups", call.params[0] ?? "");
  return seenItem(held, call);
}

function claimOf(body: unknown): UniqueClaim {
  return { on: "groups.name", value: isObject(body) ? body.name : undefined };
}

function known(body: unknown, shape: Shape): Fields {
  const sent = Object.entries(isObject(body) ? body : {});
  return fieldsOf(Object.fromEntries(sent.filter(([name]) => Object.hasOwn(shape, name))));
}

function create(call: Call): Prepared {
  return {
    subject: null,
    validate: (body) => {
      if (!isObject(body)) return refuseUnlessObject(body);
      const wrong = [...missingMembers(body, REQUIRED_TO_CREATE), ...wrongTypes(body, CREATE_SHAPE)];
      return refuseInvalid(wrong) ?? refuseTaken(call, claimOf(body), null);
    },
    current: (stored) => {
      const group = isObject(stored) ? call.org.groups.get(String(stored.id)) : undefined;
      return group === undefined ? null : { representation: view(group), subject: groupSubject(group) };
    },
    execute: (body) => {
      const fields = { ...known(body, CREATE_SHAPE), id: call.org.random.uuid() };
      const group = addItem(call.org, "groups", { fields, instant: call.instant });
      claimUnique(call, claimOf(body));
      return { representation: view(group), subject: groupSubject(group), resource: lifeOf("groups", group) };
    },
  };
}

function read(call: Call): Prepared | null {
  const seen = seenGroup(call);
  if (seen === null) return null;
  return { subject: groupSubject(seen), execute: () => ({ representation: view(seen) }) };
}

/**
 * A member that the body lacks stays, though this is a PUT: the vendor's Terraform provider sends an empty list to remove
 * addresses, "otherwise, the API will ignore this field" (read 2026-11-22).
 */
function write(call: Call): Prepared | null {
  const group = groupOf(call);
  if (group === null) return null;
  return {
    subject: groupSubject(group),
    validate: (body) => {
      if (!isObject(body)) return refuseUnlessObject(body);
      return refuseInvalid(wrongTypes(body, UPDATE_SHAPE)) ?? refuseTaken(call, claimOf(body), group.id);
    },
    setsState: movesState(group),
    members: (body) => Object.keys(known(body, UPDATE_SHAPE)),
    current: () => ({ representation: view(group) }),
    execute: (body) => {
      setFields(group, fieldsOf({ ...group.fields, ...known(body, UPDATE_SHAPE) }), call.instant);
      claimUnique(call, claimOf(body));
      return { representation: view(group), resource: lifeOf("groups", group) };
    },
  };
}

function remove(call: Call): Prepared | null {
  const group = groupOf(call);
  if (group === null) return null;
  return {
    subject: groupSubject(group),
    ...unlessReferenced(call, "groups", () => {
      const count = memberIdsOf(group).length;
      return count === 0 ? null : `groups/${group.id} has members: ${count}`;
    }),
    execute: () => {
      bury(call, "groups", group);
      return { representation: view(group), gone: true };
    },
  };
}

const MEMBER = "/api/v2/groups/{groupId}";
const SCOPED = { scope: "groups", invented: false } as const;

/** Groups: a version in the body as users have it, and a delete that their members may stand against. */
export const GROUP_ROUTES: readonly Route[] = [
  {
    ...SCOPED,
    method: "POST",
    template: "/api/v2/groups",
    permission: "directory:group:add",
    needs: ({ policy, body }) => needsUnique(policy, claimOf(body)),
    prepare: create,
  },
  {
    ...SCOPED,
    method: "GET",
    template: MEMBER,
    permission: null,
    needs: needsDeletable("groups"),
    prepare: read,
  },
  {
    ...SCOPED,
    method: "PUT",
    template: MEMBER,
    permission: "directory:group:edit",
    needs: (wanting: Wanting) => [
      ...needsDeletable("groups")(wanting),
      ...needsUnique(wanting.policy, claimOf(wanting.body)),
    ],
    prepare: write,
  },
  {
    ...SCOPED,
    method: "DELETE",
    template: MEMBER,
    permission: "directory:group:delete",
    needs: needsDeletable("groups"),
    prepare: remove,
  },
];
