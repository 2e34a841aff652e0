const NAMES = `
agentic alerting analytics architect assistants audits authorization backgroundassistant billing
businessrules carrierservices casemanagement certificate chats coaching contentmanagement
conversations dataextensions dataprivacy date dependencies diagnostics documentation downloads
emails employeeengagement employeeperformance events externalcontacts fax fieldconfig flows
gamification gdpr geolocations greetings groups guides identityproviders infrastructureascode
integrations intents ipranges journey knowledge languages languageunderstanding learning license
locations messaging mobiledevices notifications oauth organizations orgauthorization
orphanrecordings outbound presence presencedefinitions processautomation profiles quality recording
recordings responsemanagement routing scim screenmonitors screenrecording scripts search settings
socialmedia speechandtextanalytics stations systempresences taskmanagement teams telephony textbots
timezones tokens uploads usage userrecordings users voicemail webdeployments webmessaging
workforcemanagement
`;

/** The first segments of all 2,260 paths under /api/v2/ of JavaScript SDK 262.0.0, read 2026-11-21. */
export const AREA_NAMES: ReadonlySet<string> = new Set(NAMES.trim().split(/\s+/));
