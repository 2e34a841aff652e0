import { operation, requestBody, saysNothing } from "../operation.js";
import type { DocumentedOperation } from "../platform.js";
import { SWAGGER_2017, TERRAFORM } from "../sources.js";

const GROUP_CREATE = requestBody("GroupCreate", {
  string: "id name! description dateModified state type! visibility! email selfUri",
  number: "memberCount version",
  array: "images addresses ownerIds",
  boolean: "rulesVisible! rolesEnabled includeOwners callsEnabled",
});

const GROUP_UPDATE = requestBody("GroupUpdate", {
  string: "id name description state visibility email selfUri",
  number: "version!",
  array: "images addresses ownerIds",
  boolean: "rulesVisible rolesEnabled includeOwners callsEnabled",
});

const GROUP_MEMBERS_UPDATE = requestBody("GroupMembersUpdate", { array: "memberIds!", number: "version" });

const AT = "/api/v2/groups";
const ACCEPTED = { success: { status: 202, body: "representation", source: SWAGGER_2017 } } as const;

/** Groups, whose changes need the current version, and their members. */
export const GROUP_OPERATIONS: readonly DocumentedOperation[] = [
  operation(`POST ${AT}`, "GroupsApi.postGroups", { body: GROUP_CREATE }),
  operation(`GET ${AT}/{groupId}`, "GroupsApi.getGroup"),
  operation(`PUT ${AT}/{groupId}`, "GroupsApi.putGroup", {
    body: GROUP_UPDATE,
    version: { carrier: "body", name: "version", required: true, mismatch: [409], source: TERRAFORM },
  }),
  operation(`DELETE ${AT}/{groupId}`, "GroupsApi.deleteGroup", { success: saysNothing(200, TERRAFORM) }),
  operation(`GET ${AT}/{groupId}/members`, "GroupsApi.getGroupMembers"),
  operation(`POST ${AT}/{groupId}/members`, "GroupsApi.postGroupMembers", {
    body: GROUP_MEMBERS_UPDATE,
    version: { carrier: "body", name: "version", required: false, mismatch: [409], source: SWAGGER_2017 },
    ...ACCEPTED,
  }),
  operation(`DELETE ${AT}/{groupId}/members`, "GroupsApi.deleteGroupMembers", ACCEPTED),
];
