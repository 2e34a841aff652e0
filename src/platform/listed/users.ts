/** Every operation under /api/v2/users of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const USERS = `
users GET POST
  agentui/agents/autoanswer/{agentId}/settings DELETE GET PATCH PUT
  bulk PATCH
  chats/me GET
  customattributes/schemas GET POST
    coretypes GET
      {coreTypeName} GET
    limits GET
    {schemaId} DELETE GET PUT
      versions GET
        {versionId} GET
  development/activities GET
    aggregates/query POST
    me GET
    {activityId} GET
  externalid/{authorityName}/{externalKey} GET
  me GET
    password POST
    verifiers GET
      totp POST
        {verifierId} POST
      webauthn/register POST
        options POST
      {verifierId} DELETE PUT
  presences
    bulk PUT
    purecloud/bulk GET
    {sourceId}/bulk GET
  query GET
  rules GET POST
    query POST
    settings/{ruleType} GET
    {ruleId} DELETE GET PATCH
      dependents GET
        {ruleType}/{typeId} GET
  search GET POST
    conversation/target POST
    queuemembers/manage POST
    teams/assign POST
  stations/me GET
    associatedstation DELETE
      {stationId} PUT
  {subjectId}/roles GET PUT
  {userId} DELETE GET PATCH
    adjacents GET
    callforwarding GET PATCH PUT
    customattributes PATCH PUT
      bulk GET PATCH
      {schemaId} DELETE GET
    directreports GET
    externalid GET POST
      {authorityName} GET
        {externalKey} DELETE
    favorites GET
    geolocations/{clientId} GET PATCH
    greetings GET POST
      defaults GET PUT
    invite POST
    outofoffice GET PUT
    password POST
    presences
      purecloud GET PATCH
      {sourceId} GET PATCH
    profile GET
    profileskills GET PUT
    queues GET PATCH
      {queueId} PATCH
    routinglanguages GET POST
      bulk PATCH
      {languageId} DELETE PATCH
    routingskills GET POST
      bulk PATCH PUT
      {skillId} DELETE PUT
    routingstatus GET PUT
    screenmonitors/sessions POST
      {screenMonitoringId} DELETE GET
    skillgroups GET
    state GET PUT
    station GET
      associatedstation DELETE
        {stationId} PUT
      defaultstation DELETE
        {stationId} PUT
    superiors GET
    trustors GET
    verifiers GET
      {verifierId} DELETE PUT
`;
