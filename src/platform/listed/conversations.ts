/** Every operation under /api/v2/conversations of JavaScript SDK 262.0.0, read 2026-11-21. What is indented lies below its parent. */
export const CONVERSATIONS = `
conversations GET
  aftercallwork/{conversationId}/participants/{participantId}/communications/{communicationId} PATCH
  callbacks GET PATCH POST
    bulk
      disconnect POST
      update POST
    {conversationId} GET PATCH
      participants/{participantId} PATCH
        attributes PATCH
        communications/{communicationId} PATCH
          wrapup GET POST
        replace POST
        wrapup GET
        wrapupcodes GET
      recordingstate PUT
  calls GET POST
    history GET
    maximumconferenceparties GET
    user/{userId} POST
    {conversationId} GET PATCH POST
      conference PATCH
      participants POST
        user/{userId} POST
        {participantId} PATCH
          attributes PATCH
          barge POST
          coach POST
          communications/{communicationId} PATCH
            postflowaction DELETE PATCH
            summaries POST
            uuidata PUT
            wrapup GET POST
          consult DELETE PATCH POST
            agent POST
            contact/external POST
            external POST
            queue POST
          monitor POST
          replace POST
          snippet/record POST
          user/{userId} PATCH
          voice/consult POST
          wrapup GET
          wrapupcodes GET
      recordingstate PUT
  cobrowsesessions GET
    {conversationId} GET PATCH
      participants/{participantId} PATCH
        attributes PATCH
        communications/{communicationId} PATCH
          wrapup GET POST
        replace POST
        wrapup GET
        wrapupcodes GET
      recordingstate PUT
  customattributes
    schemas GET POST
      coretypes GET
        {coreTypeName} GET
      limits GET
      {schemaId} GET PUT
        versions GET
          {versionId} GET
    search POST
  emails GET POST
    agentless POST
    {conversationId} GET PATCH
      inboundmessages POST
      messages GET POST
        draft GET PATCH PUT
          attachments
            copy POST
            uploads POST
            {attachmentId} DELETE
        {messageId} GET
      participants/{participantId} PATCH
        attributes PATCH
        communications/{communicationId} PATCH
          wrapup GET POST
        parkingstate PATCH
        replace POST
        wrapup GET
        wrapupcodes GET
      reconnect POST
      recordingstate PUT
      settings GET
  faxes POST
  internalmessages GET
    {conversationId} GET
  keyconfigurations GET POST
    validate POST
    {keyconfigurationsId} GET PUT
  messages GET POST
    agentless POST
    cachedmedia GET
      {cachedMediaItemId} DELETE GET
    inbound/open POST
    {conversationId} GET PATCH
      communications/{communicationId}
        messages POST
          media GET POST
            uploads POST
            {mediaId} GET
        socialmedia/messages POST
        typing POST
      messages
        bulk POST
        {messageId} GET
      participants/{participantId} PATCH
        attributes PATCH
        communications/{communicationId} PATCH
          summaries POST
          wrapup GET POST
        monitor POST
        parkingstate PATCH
        replace POST
        wrapup GET
        wrapupcodes GET
      recordingstate PUT
    {integrationId}/inbound/open
      event POST
      message POST
      receipt POST
      structured/response POST
    {messageId}/details GET
  messaging
    facebook
      app GET
      permissions GET
    identityresolution/integrations
      apple/{integrationId} GET PUT
      facebook/{integrationId} GET PUT
      instagram/{integrationId} GET PUT
      open/{integrationId} GET PUT
      twitter/{integrationId} GET PUT
      whatsapp/{integrationId} GET PUT
    integrations GET
      apple GET POST
        {integrationId} DELETE GET PATCH
      facebook GET POST
        {integrationId} DELETE GET PATCH
      instagram GET POST
        {integrationId} DELETE GET PATCH
      open GET POST
        extensions/googlebusinessprofile POST
          oauth/settings GET
          tokens POST
            {tokenId} GET
              accounts GET
          {integrationId} DELETE GET PATCH
        {integrationId} DELETE GET PATCH
      twitter GET POST
        oauth/settings GET
        {integrationId} DELETE GET PATCH
      whatsapp GET POST
        embeddedsignup POST
          {integrationId} PATCH
        {integrationId} DELETE GET PATCH
      {integrationId}/twitter/oauth/settings GET
    oauth/apple/callback GET
    settings GET POST
      default DELETE GET PUT
      {messageSettingId} DELETE GET PATCH
    supportedcontent GET POST
      default GET PUT
      {supportedContentId} DELETE GET PATCH
    threadingtimeline GET PUT
  participants/attributes/search POST
  screenshares/{conversationId}
    participants/{participantId}/communications/{communicationId}/wrapup GET POST
    recordingstate PUT
  settings GET PATCH
  socials/{conversationId}
    participants/{participantId}/communications/{communicationId}/wrapup GET POST
    recordingstate PUT
  summaries
    preview POST
    settings GET POST
      {summarySettingId} DELETE GET PUT
  videos
    meetings POST
      {meetingId} GET
    {conferenceId}/details GET
    {conversationId}
      agentconference/communications/{communicationId} POST
      participants/{participantId}/communications/{communicationId}/wrapup GET POST
      recordingstate PUT
  {conversationId} DELETE GET
    accessattributes GET PUT
    assign POST
    assistant/copilotcontext GET
    barge POST
    cobrowse POST
    communications/{communicationId}
      agentchecklists GET
        finalize POST
        {agentChecklistId} GET POST
          agentaction POST
          jobs POST
            {jobId} GET
      internalmessages GET POST
        {messageId} GET
    customattributes GET PATCH PUT
      bulk PATCH PUT
      {attributesId} DELETE GET
    disconnect POST
    participants/{participantId} PATCH
      attributes PATCH
      callbacks POST
      codes/{addCommunicationCode} DELETE
      digits POST
      flaggedreason DELETE PUT
      internalmessages/users/communications POST
      replace POST
        agent POST
        contact/external POST
        external POST
        queue POST
      screenmonitors/sessions POST
        {screenMonitoringId} DELETE GET
      secureivrsessions GET POST
        {secureSessionId} GET
      transfer POST
      wrapup GET
      wrapupcodes GET
    recordingmetadata GET
      {recordingId} GET
    recordings GET
      {recordingId} GET PUT
        annotations GET POST
          {annotationId} DELETE GET PUT
    recordingstate PATCH
    secureattributes GET PATCH PUT
    suggestions GET
      feedback POST
      {suggestionId} GET PATCH
        engagement POST
    summaries GET
      {summaryId}
        engagements PATCH
        feedback PATCH POST
    tags PUT
    utilizationlabel PATCH
`;
