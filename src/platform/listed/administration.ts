/** Every operation under /api/v2/oauth of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const OAUTH = `
oauth
  authorizations GET
    {clientId} GET
  clients GET POST
    {clientId} DELETE GET PUT
      secret POST
      usage
        query POST
          results/{executionId} GET
        summary GET
  scopes GET
    {scopeId} GET
`;

/** Every operation under /api/v2/processautomation of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const PROCESS_AUTOMATION = `
processautomation
  scheduledtriggers GET POST
    {scheduledTriggerId} DELETE GET PUT
  triggers GET POST
    topics GET
      {topicName}/test POST
    {triggerId} DELETE GET PUT
      test POST
`;
