import { OWN_CHOICE } from "../policy.js";
import type { RouteFile } from "../policy-file.js";
import { ABSENT_400, DEMANDS_VERSION, SDK, SHOWS_VERSION, SWAGGER_2017 } from "./documented-sources.js";

const TERRAFORM = "the vendor's Terraform provider, read 2026-11-22";
const SWAGGER_OLD =
  "an older Swagger of the vendor's, in its openapi-documentation-generator of 2017-09-20, read 2026-11-22";

const UNIQUE_EMAIL: Pick<RouteFile, "unique"> = { unique: [{ on: "users.email", status: 409 }] };

/** UpdateUser has a required version; the message of its 409 is the vendor's own. */
const USERS: readonly RouteFile[] = [
  {
    match: "POST /api/v2/users",
    description: "Creates a user and shows its version: 409 where another user has the address.",
    source: `${SDK}, CreateUser; ${TERRAFORM}: code general.conflict for an address in use`,
    sources: { unique: `${TERRAFORM}: code general.conflict, which the vendor gives its 409s` },
    concurrency: SHOWS_VERSION,
    ...UNIQUE_EMAIL,
    unknown: {
      "request.members":
        "whether divisionId may be left out: the SDK's type requires it, the vendor's Terraform provider leaves it out; here it may",
    },
  },
  {
    match: "PATCH /api/v2/users/{userId}",
    description:
      "Needs the current version in the body: 400 without it, 409 where it is outdated and where another user has the address.",
    source: `${SDK}, UpdateUser; ${SWAGGER_2017}: 409 general.conflict, "The version supplied does not match the current version of the user"`,
    sources: { "concurrency.absent": ABSENT_400, unique: `${OWN_CHOICE}, as for a new user` },
    concurrency: DEMANDS_VERSION,
    ...UNIQUE_EMAIL,
    unknown: { unique: "what a change to an address in use gets: only the creation is known" },
  },
  {
    match: "* /api/v2/users/{userId}",
    description: "Shows the version.",
    source: `${SDK}, User`,
    concurrency: SHOWS_VERSION,
  },
];

/** The platform reads the user before it writes, and trails its own writes: an outdated version that no client sent. */
const STATIONS: readonly RouteFile[] = [
  {
    match: "PUT /api/v2/users/{userId}/station/associatedstation/{stationId}",
    description:
      "Sets the station of a user. Answers 202 without a body; 409 within the read lag of another write of the user.",
    source: `${SWAGGER_OLD}: 202 without a body; terraform-provider-genesyscloud, issue 1461: 409 "The version number of the modified resource must match the version number in the database.", called eventual consistency by the vendor's staff`,
    sources: { "concurrency.readLag": `${OWN_CHOICE} of 2s` },
    concurrency: { readLag: "2s" },
    success: { status: 202, body: "empty" },
    unknown: {
      "concurrency.readLag": "for how long a write of the user stands in the way",
      "concurrency.granularity": "whether setting a station moves the version of the user; here it does",
    },
  },
  {
    match: "DELETE /api/v2/users/{userId}/station/associatedstation",
    description: "Clears the station of a user. Answers 202 without a body.",
    source: `${SWAGGER_OLD}: 202 without a body`,
    success: { status: 202, body: "empty" },
    unknown: { "concurrency.readLag": "whether it meets the same 409 as setting a station" },
  },
];

/** GroupUpdate has a required version, GroupMembersUpdate an optional one. */
const GROUPS: readonly RouteFile[] = [
  {
    match: "POST /api/v2/groups",
    description: "Creates a group and shows its version.",
    source: `${SDK}, GroupCreate`,
    concurrency: SHOWS_VERSION,
    unknown: { unique: "whether two groups may have one name" },
  },
  {
    match: "PUT /api/v2/groups/{groupId}",
    description: "Needs the current version in the body: 400 without it, 409 where it is outdated.",
    source: `${SDK}, GroupUpdate; ${TERRAFORM}: reads the version, writes, and begins again on a 409`,
    sources: { "concurrency.absent": ABSENT_400 },
    concurrency: DEMANDS_VERSION,
  },
  {
    match: "DELETE /api/v2/groups/{groupId}",
    description: "Deletes a group: 409 while it has members. It has no place for a version.",
    source: `${SDK}, deleteGroup: no version among its parameters; ${TERRAFORM}: answers 200`,
    sources: { references: OWN_CHOICE },
    references: [{ on: "groups", status: 409 }],
    success: { status: 200, body: "empty" },
    unknown: {
      references:
        "whether members keep a group from being deleted: the vendor's Terraform provider deletes groups without emptying them first",
    },
  },
  {
    match: "* /api/v2/groups/{groupId}",
    description: "Shows the version.",
    source: `${SDK}, Group`,
    concurrency: SHOWS_VERSION,
  },
  {
    match: "POST /api/v2/groups/{groupId}/members",
    description: "Adds members: 409 where the version of the group in the body is outdated.",
    source: `${SDK}, GroupMembersUpdate; ${SWAGGER_2017}: 409 general.conflict, "The version supplied does not match the current version of the user"; ${SWAGGER_OLD}: 202`,
    sources: {
      "concurrency.absent": `${SDK}, GroupMembersUpdate: version is optional`,
      "concurrency.tokenInWriteResponse": `${SDK}: the answer is an empty object`,
    },
    concurrency: {
      ...SHOWS_VERSION,
      readFrom: ["body version"],
      stale: { status: 409 },
      tokenInWriteResponse: false,
    },
    success: { status: 202, body: "representation" },
    unknown: {
      "concurrency.absent": "what a body without a version gets: the member is optional in the SDK",
    },
  },
  {
    match: "DELETE /api/v2/groups/{groupId}/members",
    description: "Removes members. It has no place for a version.",
    source: `${SDK}, deleteGroupMembers; ${SWAGGER_OLD}: 202`,
    success: { status: 202, body: "representation" },
  },
  {
    match: "GET /api/v2/groups/{groupId}/members",
    description: "Lists the members, each with the version of the user.",
    source: `${SDK}, UserEntityListing`,
    concurrency: SHOWS_VERSION,
  },
];

const MAPPINGS = "help.mypurecloud.com, SCIM and Genesys Cloud field mappings, read 2026-11-22";

/** The only operations of the platform that declare If-Match: 400 with scimType invalidVers, not 409 and not 412. */
const SCIM: readonly RouteFile[] = [
  "/api/v2/scim/users",
  "/api/v2/scim/v2/users",
  "/api/v2/scim/groups",
  "/api/v2/scim/v2/groups",
].map((path) => ({
  match: `* ${path}/{id}`,
  description:
    "ETag and If-Match, as a header and as meta.version; an outdated one is a 400 with scimType invalidVers.",
  source: `${SDK}, SCIMApi, text of opts.ifMatch; ${MAPPINGS}: meta.version is the version of the user`,
  sources: {
    "concurrency.absent": `${SDK}, SCIMApi: ifMatch is optional`,
    unique: "RFC 7644, 3.12, table 9: uniqueness",
  },
  concurrency: {
    validator: { kind: "version", name: "meta.version", form: "integer", etag: "strong" },
    readFrom: ["if-match"],
    stale: { status: 400 },
  },
  ...UNIQUE_EMAIL,
  unknown: {
    "concurrency.comparison": "whether a weak tag or a list is understood",
    unique: "what a userName in use gets",
    errors: "the form of refusals that are not of SCIM itself, such as 401 and 403; here ErrorBody",
  },
}));

/** Users, their stations, groups with their members, and the same users by SCIM. */
export const DIRECTORY: readonly RouteFile[] = [...USERS, ...STATIONS, ...GROUPS, ...SCIM];
