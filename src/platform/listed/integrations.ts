/** Every operation under /api/v2/integrations of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const INTEGRATIONS = `
integrations GET POST
  actions GET POST
    categories GET
    certificates GET
      truststore GET
    drafts GET POST
    functions/runtimes GET
    {actionId} DELETE GET PATCH
      draft DELETE GET PATCH POST
        function GET PUT
          upload POST
        publish POST
        schemas/{fileName} GET
        templates/{fileName} GET
        test POST
        validation GET
      execute POST
      function GET
      schemas/{fileName} GET
      templates/{fileName} GET
      test POST
  botconnector/{integrationId}/bots GET PUT
    summaries GET
    {botId} GET
      versions GET
  botconnectors
    incoming/messages POST
    outgoing/messages POST
    {integrationId}/bots GET
      summaries GET
      {botId} GET
  clientapps GET
  credentials GET POST
    listing GET
    types GET
    {credentialId} DELETE GET PUT
  speech
    audioconnector GET
      {integrationId} GET
    dialogflow/agents GET
      {agentId} GET
    dialogflowcx/agents GET
      {agentId} GET
    lex
      bot
        alias/{aliasId} GET
        {botId}/aliases GET
      bots GET
    lexv2
      bot
        alias/{aliasId} GET
        {botId}/aliases GET
      bots GET
    nuance/{nuanceIntegrationId}/bots GET
      jobs POST
        {jobId} GET
          results GET
      launch
        settings PUT
        validate POST
      {botId} GET
        jobs POST
          {jobId} GET
            results GET
    stt/engines GET
      {engineId} GET
    tts
      engines GET
        {engineId} GET
          voices GET
            {voiceId} GET
      settings GET PUT
  types GET
    {typeId} GET
      configschemas/{configType} GET
  unifiedcommunications
    clientapps GET
      {ucIntegrationId} GET
    {ucIntegrationId}/thirdpartypresences PUT
  userapps GET
  webhooks/{tokenId}/events POST
  {integrationId} DELETE GET PATCH
    config/current GET PUT
`;
