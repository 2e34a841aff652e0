/** Every operation under /api/v2/groups of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const GROUPS = `
groups GET POST
  dynamicsettings/preview POST
  search GET POST
  {groupId} DELETE GET PUT
    dynamicsettings DELETE GET PUT
    greetings GET POST
      defaults GET PUT
    individuals GET
    members DELETE GET POST
    profile GET
`;

/** Every operation under /api/v2/locations of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const LOCATIONS = `
locations GET POST
  search GET POST
  {locationId} DELETE GET PATCH
    sublocations GET
`;

/** Every operation under /api/v2/scim of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const SCIM = `
scim
  groups GET
    {groupId} GET PATCH PUT
  resourcetypes GET
    {resourceType} GET
  schemas GET
    {schemaId} GET
  serviceproviderconfig GET
  users GET POST
    {userId} DELETE GET PATCH PUT
  v2
    groups GET
      {groupId} GET PATCH PUT
    resourcetypes GET
      {resourceType} GET
    schemas GET
      {schemaId} GET
    serviceproviderconfig GET
    users GET POST
      {userId} DELETE GET PATCH PUT
`;

/** Every operation under /api/v2/stations of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const STATIONS = `
stations GET
  {stationId} GET
    associateduser DELETE
`;
