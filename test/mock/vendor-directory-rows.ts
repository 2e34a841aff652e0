import { USER } from "./an-org.js";
import { outdated, type Row } from "./vendor-row.js";

/** The address that the mock gives to a user of whom the world says none. */
const EMAIL_IN_USE = `${USER.slice(0, 8)}@example.com`;

const NEW_USER = { name: "Grace", email: "grace@example.com", divisionId: USER };

const USER_ROWS: readonly Row[] = [
  {
    route: "POST /api/v2/users",
    call: (_ids, body) => ["UsersApi", "postUsers", body],
    status: 200,
    body: NEW_USER,
    bad: [
      [{ ...NEW_USER, email: undefined }, "email"],
      [{ ...NEW_USER, name: 7 }, "name"],
    ],
    conflicts: [
      {
        what: "an address in use",
        before: (ids) => [["UsersApi", "getUser", ids.user]],
        body: { ...NEW_USER, email: EMAIL_IN_USE },
        status: 409,
        cause: "duplicate-entity",
      },
    ],
    findsAlways: true,
  },
  {
    route: "GET /api/v2/users/me",
    call: () => ["UsersApi", "getUsersMe"],
    status: 200,
    findsAlways: true,
  },
  {
    route: "GET /api/v2/users/{userId}",
    call: (ids) => ["UsersApi", "getUser", ids.user],
    status: 200,
  },
  {
    route: "PATCH /api/v2/users/{userId}",
    call: (ids, body) => ["UsersApi", "patchUser", ids.user, body],
    status: 200,
    body: { title: "Agent", version: 1 },
    bad: [
      [{ title: "Agent" }, "version"],
      [{ title: 7, version: 1 }, "title"],
    ],
    conflicts: [outdated({ title: "Agent", version: 99 }, 409)],
  },
];

const STATION_ROWS: readonly Row[] = [
  {
    route: "GET /api/v2/users/{userId}/station",
    call: (ids) => ["UsersApi", "getUserStation", ids.user],
    status: 200,
  },
  {
    route: "PUT /api/v2/users/{userId}/station/associatedstation/{stationId}",
    call: (ids) => ["UsersApi", "putUserStationAssociatedstationStationId", ids.user, "s1"],
    status: 202,
    conflicts: [
      {
        what: "a write of the user that the platform's own read trails",
        before: (ids) => [["UsersApi", "patchUser", ids.user, { title: "Agent", version: 1 }]],
        status: 409,
        cause: "stale-version",
      },
    ],
  },
  {
    route: "DELETE /api/v2/users/{userId}/station/associatedstation",
    call: (ids) => ["UsersApi", "deleteUserStationAssociatedstation", ids.user],
    status: 202,
  },
];

const NEW_GROUP = { name: "Sales", type: "official", rulesVisible: true, visibility: "public" };

const GROUP_ROWS: readonly Row[] = [
  {
    route: "POST /api/v2/groups",
    call: (_ids, body) => ["GroupsApi", "postGroups", body],
    status: 200,
    body: NEW_GROUP,
    bad: [
      [{ ...NEW_GROUP, type: undefined }, "type"],
      [{ ...NEW_GROUP, rulesVisible: "yes" }, "rulesVisible"],
    ],
    findsAlways: true,
  },
  {
    route: "GET /api/v2/groups/{groupId}",
    call: (ids) => ["GroupsApi", "getGroup", ids.group],
    status: 200,
  },
  {
    route: "PUT /api/v2/groups/{groupId}",
    call: (ids, body) => ["GroupsApi", "putGroup", ids.group, { body }],
    status: 200,
    body: { description: "First line", version: 1 },
    bad: [
      [{ description: "First line" }, "version"],
      [{ description: 1, version: 1 }, "description"],
    ],
    conflicts: [outdated({ description: "First line", version: 99 }, 409)],
  },
  {
    route: "DELETE /api/v2/groups/{groupId}",
    call: (ids) => ["GroupsApi", "deleteGroup", ids.group],
    status: 200,
    conflicts: [
      {
        what: "its members",
        before: (ids) => [["GroupsApi", "postGroupMembers", ids.group, { memberIds: [ids.user] }]],
        status: 409,
        cause: "referenced-entity",
      },
    ],
  },
  {
    route: "GET /api/v2/groups/{groupId}/members",
    before: (ids) => [["GroupsApi", "postGroupMembers", ids.group, { memberIds: [ids.user] }]],
    call: (ids) => ["GroupsApi", "getGroupMembers", ids.group],
    status: 200,
  },
  {
    route: "POST /api/v2/groups/{groupId}/members",
    call: (ids, body) => ["GroupsApi", "postGroupMembers", ids.group, body],
    status: 202,
    body: { memberIds: [USER], version: 1 },
    bad: [
      [{ version: 1 }, "memberIds"],
      [{ memberIds: ["nobody"], version: 1 }, "memberIds[0]"],
    ],
    conflicts: [outdated({ memberIds: [USER], version: 99 }, 409)],
  },
  {
    route: "DELETE /api/v2/groups/{groupId}/members",
    call: (ids, memberIds) => ["GroupsApi", "deleteGroupMembers", ids.group, memberIds ?? ids.user],
    status: 202,
    bad: [[",", "ids"]],
  },
];

const PATCH_OP = "urn:ietf:params:scim:api:messages:2.0:PatchOp";

const STALE_ETAG = {
  what: "an outdated ETag",
  status: 400,
  cause: "stale-etag",
} as const;

/** The SDK's names for the same operations under one of SCIM's two paths. */
function scimRows(path: string, name: string): readonly Row[] {
  const put: Row["call"] = (ids, body) => ["SCIMApi", `put${name}`, ids.user, body];
  const patch: Row["call"] = (ids, body) => ["SCIMApi", `patch${name}`, ids.user, body];
  const withTag =
    (call: Row["call"]): Row["call"] =>
    (ids, body) => [...call(ids, body), { ifMatch: '"99"' }];
  const replaced = { userName: "ada@example.com", displayName: "Ada", active: true };
  const patched = { schemas: [PATCH_OP], Operations: [{ op: "replace", path: "title", value: "Agent" }] };
  return [
    {
      isScim: true,
      route: `GET ${path}/{userId}`,
      call: (ids) => ["SCIMApi", `get${name}`, ids.user],
      status: 200,
    },
    {
      isScim: true,
      route: `PUT ${path}/{userId}`,
      call: put,
      status: 200,
      body: replaced,
      bad: [[{ ...replaced, active: "yes" }, null]],
      conflicts: [{ ...STALE_ETAG, call: withTag(put), body: replaced }],
    },
    {
      isScim: true,
      route: `PATCH ${path}/{userId}`,
      call: patch,
      status: 200,
      body: patched,
      bad: [[{ ...patched, schemas: [] }, null]],
      conflicts: [{ ...STALE_ETAG, call: withTag(patch), body: patched }],
    },
  ];
}

/** Users, their stations, groups with their members, and the same users by SCIM. */
export const DIRECTORY_ROWS: readonly Row[] = [
  ...USER_ROWS,
  ...STATION_ROWS,
  ...GROUP_ROWS,
  ...scimRows("/api/v2/scim/v2/users", "ScimV2User"),
  ...scimRows("/api/v2/scim/users", "ScimUser"),
];
