import { operation, requestBody, saysNothing } from "../operation.js";
import type { DocumentedOperation, DocumentedVersion } from "../platform.js";
import { CLI, TERRAFORM } from "../sources.js";

const LOCATION_CREATE_DEFINITION = requestBody("LocationCreateDefinition", {
  string: "name! state notes contactUser",
  number: "version",
  array: "path",
  object: "emergencyNumber address",
});

const LOCATION_UPDATE_DEFINITION = requestBody("LocationUpdateDefinition", {
  string: "name! state notes contactUser",
  number: "version!",
  array: "path",
  object: "emergencyNumber address",
});

const CREATE_TRIGGER_REQUEST = requestBody("CreateTriggerRequest", {
  object: "target!",
  boolean: "enabled!",
  array: "matchCriteria",
  string: "name! topicName! description",
  number: "eventTTLSeconds delayBySeconds",
});

const UPDATE_TRIGGER_REQUEST = requestBody("UpdateTriggerRequest", {
  number: "version! eventTTLSeconds delayBySeconds",
  boolean: "enabled!",
  object: "target!",
  array: "matchCriteria",
  string: "name! topicName! description",
});

const OAUTH_CLIENT_REQUEST = requestBody("OAuthClientRequest", {
  string: "name! description authorizedGrantType! state dateToDelete",
  number: "accessTokenValiditySeconds",
  array: "registeredRedirectUri roleIds scope roleDivisions",
});

/** The provider reads the version, writes, and begins again on 409, 408 and some 400 alike: no one status is named. */
const VERSION: DocumentedVersion = {
  carrier: "body",
  name: "version",
  required: true,
  mismatch: [],
  source: TERRAFORM,
};

const LOCATIONS = "/api/v2/locations";
const TRIGGERS = "/api/v2/processautomation/triggers";
const CLIENTS = "/api/v2/oauth/clients";

/** Locations, triggers of process automation, and OAuth: the login among it, which is at another host. */
export const ADMINISTRATION_OPERATIONS: readonly DocumentedOperation[] = [
  operation(`POST ${LOCATIONS}`, "LocationsApi.postLocations", { body: LOCATION_CREATE_DEFINITION }),
  operation(`GET ${LOCATIONS}/{locationId}`, "LocationsApi.getLocation"),
  operation(`PATCH ${LOCATIONS}/{locationId}`, "LocationsApi.patchLocation", {
    body: LOCATION_UPDATE_DEFINITION,
    version: VERSION,
  }),
  operation(`DELETE ${LOCATIONS}/{locationId}`, "LocationsApi.deleteLocation", {
    success: saysNothing(null, CLI),
  }),
  operation(`POST ${TRIGGERS}`, "ProcessAutomationApi.postProcessautomationTriggers", {
    body: CREATE_TRIGGER_REQUEST,
  }),
  operation(`GET ${TRIGGERS}/{triggerId}`, "ProcessAutomationApi.getProcessautomationTrigger"),
  operation(`PUT ${TRIGGERS}/{triggerId}`, "ProcessAutomationApi.putProcessautomationTrigger", {
    body: UPDATE_TRIGGER_REQUEST,
    version: VERSION,
  }),
  operation(`DELETE ${TRIGGERS}/{triggerId}`, "ProcessAutomationApi.deleteProcessautomationTrigger", {
    success: saysNothing(null, CLI),
  }),
  operation(`POST ${CLIENTS}`, "OAuthApi.postOauthClients", { body: OAUTH_CLIENT_REQUEST }),
  operation(`GET ${CLIENTS}/{clientId}`, "OAuthApi.getOauthClient"),
  operation(`PUT ${CLIENTS}/{clientId}`, "OAuthApi.putOauthClient", { body: OAUTH_CLIENT_REQUEST }),
  operation("POST /oauth/token", null, { body: "open" }),
];
