import { operation } from "../operation.js";
import type { DocumentedOperation, DocumentedVersion } from "../platform.js";
import { SDK } from "../sources.js";

/** The SDK's text of `ifMatch`: a mismatch is 400 with scimType invalidVers, neither 409 nor 412. */
const VERSION: DocumentedVersion = {
  carrier: "if-match",
  name: "If-Match",
  required: false,
  mismatch: [400],
  source: SDK,
};

// SCIM's bodies are open: a schema may be extended, and names of attributes have no case (RFC 7643, 2.1 and 3.3).
function writes(at: string, sdkName: string): readonly DocumentedOperation[] {
  return (["PUT", "PATCH"] as const).map((method) =>
    operation(`${method} ${at}`, `SCIMApi.${method.toLowerCase()}${sdkName}`, {
      body: "open",
      version: VERSION,
    }),
  );
}

function users(path: string, sdkName: string): readonly DocumentedOperation[] {
  const at = `${path}/users/{userId}`;
  return [
    operation(`POST ${path}/users`, `SCIMApi.post${sdkName}Users`, { body: "open" }),
    operation(`GET ${at}`, `SCIMApi.get${sdkName}User`, { ifNoneMatch: true }),
    ...writes(at, `${sdkName}User`),
    { ...operation(`DELETE ${at}`, `SCIMApi.delete${sdkName}User`, { version: VERSION }), success: null },
  ];
}

function groups(path: string, sdkName: string): readonly DocumentedOperation[] {
  const at = `${path}/groups/{groupId}`;
  return [
    operation(`GET ${at}`, `SCIMApi.get${sdkName}Group`, { ifNoneMatch: true }),
    ...writes(at, `${sdkName}Group`),
  ];
}

function rest(path: string, sdkName: string): readonly DocumentedOperation[] {
  return [
    operation(`GET ${path}/serviceproviderconfig`, `SCIMApi.get${sdkName}Serviceproviderconfig`, {
      ifNoneMatch: true,
    }),
  ];
}

/** The only operations of the platform that declare If-Match and If-None-Match. */
export const SCIM_OPERATIONS: readonly DocumentedOperation[] = (
  [
    ["/api/v2/scim", "Scim"],
    ["/api/v2/scim/v2", "ScimV2"],
  ] as const
).flatMap(([path, name]) => [...users(path, name), ...groups(path, name), ...rest(path, name)]);
