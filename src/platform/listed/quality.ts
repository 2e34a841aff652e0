/** Every operation under /api/v2/quality of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const QUALITY = `
quality
  agents/activity GET
  calibrations GET POST
    {calibrationId} DELETE GET PUT
  conversations
    audits/query POST
      {transactionId} GET
        results GET
    {conversationId}
      evaluations POST
        {evaluationId} DELETE GET PUT
      surveys GET
  evaluations
    aggregates/query/me POST
    query GET
    scoring POST
    search POST
  evaluators/activity GET
  forms GET POST
    evaluations GET POST
      bulk GET
        contexts GET
      {formId} DELETE GET PUT
        aiscoring/settings PUT
        versions GET
    surveys GET POST
      bulk GET
        contexts GET
      {formId} DELETE GET PATCH PUT
        versions GET
    {formId} DELETE GET PUT
      versions GET
  programs/{programId}/agentscoringrules GET POST
    {ruleId} DELETE GET PUT
  publishedforms GET POST
    evaluations GET POST
      divisionviews GET
        {evaluationFormId} GET
      {formId} GET
    surveys GET POST
      divisionviews GET
        {surveyFormId} GET
      {formId} GET
    {formId} GET
  surveys POST
    scorable GET PUT
    scoring POST
    {surveyId} GET
`;
