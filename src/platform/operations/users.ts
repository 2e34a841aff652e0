import { operation, requestBody, saysNothing } from "../operation.js";
import type { DocumentedOperation } from "../platform.js";
import { SWAGGER_2017 } from "../sources.js";

const CREATE_USER = requestBody("CreateUser", {
  string: "name! department email! title password divisionId! state",
  array: "addresses",
});

const UPDATE_USER = requestBody("UpdateUser", {
  string: "id name department email title username preferredName manager state selfUri",
  object: "chat biography employerInfo",
  array: "primaryContactInfo addresses images profileSkills locations groups certifications",
  number: "version!",
  boolean: "acdAutoAnswer",
});

const AT = "/api/v2/users";
const ACCEPTED = { success: saysNothing(202, SWAGGER_2017) } as const;

/** Users, whose changes need the current version, and the station that a user sits at. */
export const USER_OPERATIONS: readonly DocumentedOperation[] = [
  operation(`POST ${AT}`, "UsersApi.postUsers", { body: CREATE_USER }),
  operation(`GET ${AT}/me`, "UsersApi.getUsersMe"),
  operation(`GET ${AT}/{userId}`, "UsersApi.getUser"),
  operation(`PATCH ${AT}/{userId}`, "UsersApi.patchUser", {
    body: UPDATE_USER,
    version: { carrier: "body", name: "version", required: true, mismatch: [409], source: SWAGGER_2017 },
  }),
  operation(`GET ${AT}/{userId}/station`, "UsersApi.getUserStation"),
  operation(
    `PUT ${AT}/{userId}/station/associatedstation/{stationId}`,
    "UsersApi.putUserStationAssociatedstationStationId",
    ACCEPTED,
  ),
  operation(
    `DELETE ${AT}/{userId}/station/associatedstation`,
    "UsersApi.deleteUserStationAssociatedstation",
    ACCEPTED,
  ),
];
