import {
  isObject,
  missingMembers,
  refuseInvalid,
  refuseUnlessObject,
  type Shape,
  wrongTypes,
} from "../json-shape.js";
import type { Call, Need, Prepared, Route, Subject, Wanting } from "../operation.js";
import { type Fields, fieldsOf, findItem, type Item, setMember } from "../org.js";
import type { InvalidField, Refusal } from "../refusal.js";
import { tokenOf } from "../tokens.js";
import { groupOf, groupSubject, memberIdsOf, seenGroup } from "./groups.js";
import { needsDeletable, seenItem } from "./items.js";
import { userSubject, userView } from "./users.js";

/** The vendor's `GroupMembersUpdate`. */
const SHAPE: Shape = { memberIds: "array" };

/** "A maximum of 50 members are allowed per request." (SDK 262.0.0, deleteGroupMembers) */
const MOST_REMOVED = 50;

/** Most that one page of a list shows, and what it shows unless the client says otherwise. */
const LARGEST_PAGE = 500;
const DEFAULT_PAGE = 25;

/** The vendor's message says "user" here too (Swagger of 2017-09-20, postGroupMembers). */
function membershipSubject(group: Item): Subject {
  return { ...groupSubject(group), noun: "user" };
}

function idsIn(body: unknown): readonly unknown[] {
  return isObject(body) && Array.isArray(body.memberIds) ? body.memberIds : [];
}

/** Only users can be members. */
function oddIds(call: Call, body: unknown): readonly InvalidField[] {
  return idsIn(body).flatMap((id, index) => {
    const isUser =
      typeof id === "string" && findItem(call.org, "users", { id, instant: call.instant }) !== null;
    return isUser ? [] : [{ errorCode: "invalid.value", fieldName: `memberIds[${index}]` }];
  });
}

function check(call: Call): (body: unknown) => Refusal | null {
  return (body) => {
    if (!isObject(body)) return refuseUnlessObject(body);
    const wrong = [...missingMembers(body, ["memberIds"]), ...wrongTypes(body, SHAPE)];
    return refuseInvalid(wrong.length > 0 ? wrong : oddIds(call, body));
  };
}

function setMembers(group: Item, memberIds: Iterable<string>): void {
  group.fields = fieldsOf({ ...group.fields, memberIds: [...memberIds] });
}

function add(call: Call): Prepared | null {
  const group = groupOf(call);
  if (group === null) return null;
  return {
    subject: membershipSubject(group),
    validate: check(call),
    members: () => ["memberIds"],
    current: () => ({ representation: {} }),
    execute: (body) => {
      setMembers(group, new Set([...memberIdsOf(group), ...idsIn(body).map(String)]));
      return { representation: {} };
    },
  };
}

function sentIds(call: Call): readonly string[] {
  const texts = call.query.getAll("ids").flatMap((text) => text.split(","));
  return texts.map((text) => text.trim()).filter((text) => text !== "");
}

function checkIds(ids: readonly string[]): Refusal | null {
  if (ids.length === 0) return refuseInvalid([{ errorCode: "missing.value", fieldName: "ids" }]);
  const fits = ids.length <= MOST_REMOVED;
  return refuseInvalid(fits ? [] : [{ errorCode: "invalid.value", fieldName: "ids" }]);
}

function remove(call: Call): Prepared | null {
  const group = groupOf(call);
  if (group === null) return null;
  const ids = sentIds(call);
  return {
    subject: membershipSubject(group),
    validate: () => checkIds(ids),
    members: () => ["memberIds"],
    current: () => ({ representation: {} }),
    execute: () => {
      setMembers(
        group,
        memberIdsOf(group).filter((id) => !ids.includes(id)),
      );
      return { representation: {} };
    },
  };
}

function numberIn(call: Call, name: string, otherwise: number): number {
  const text = call.query.get(name) ?? "";
  return /^[1-9]\d{0,8}$/.test(text) ? Number(text) : otherwise;
}

/** The vendor's `User` has a version in lists too, where the policy has one at all. */
function listed(call: Call, user: Item): Fields {
  const shown = userView(user);
  const token = tokenOf(userSubject(user), call.policy.concurrency);
  if (token?.member != null) setMember<unknown>(shown, token.member.name, token.member.value);
  return shown;
}

/** The vendor's `UserEntityListing`. Members that a world names and does not list are left out. */
function list(call: Call): Prepared | null {
  const group = seenGroup(call);
  if (group === null) return null;
  const users = memberIdsOf(group).flatMap((id) => {
    const user = findItem(call.org, "users", { id, instant: call.instant });
    return seenItem(user, call) ?? [];
  });
  const pageSize = Math.min(LARGEST_PAGE, numberIn(call, "pageSize", DEFAULT_PAGE));
  const pageNumber = numberIn(call, "pageNumber", 1);
  const start = (pageNumber - 1) * pageSize;
  const representation = {
    entities: users.slice(start, start + pageSize).map((user) => listed(call, user)),
    pageSize,
    pageNumber,
    total: users.length,
    pageCount: Math.ceil(users.length / pageSize),
    selfUri: `/api/v2/groups/${group.id}/members`,
  };
  return { subject: null, execute: () => ({ representation }) };
}

function needsUsers({ body }: Wanting): readonly Need[] {
  return idsIn(body).flatMap((id) => (typeof id === "string" ? [{ table: "users", id }] : []));
}

const ROUTE = {
  scope: "groups",
  invented: false,
  template: "/api/v2/groups/{groupId}/members",
  permission: null,
} as const;

/** Who is in a group. Adding looks at the group's version, removing has no place for one. */
export const GROUP_MEMBER_ROUTES: readonly Route[] = [
  {
    ...ROUTE,
    method: "GET",
    needs: (wanting) => [...needsDeletable("groups")(wanting), { table: "users", id: null }],
    prepare: list,
  },
  {
    ...ROUTE,
    method: "POST",
    needs: (wanting) => [...needsDeletable("groups")(wanting), ...needsUsers(wanting)],
    prepare: add,
  },
  { ...ROUTE, method: "DELETE", needs: needsDeletable("groups"), prepare: remove },
];
