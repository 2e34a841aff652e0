/** The states of a communication that the vendor documents (Swagger of 2017-09-20, the last with the list). */
export const CONVERSATION_STATES = [
  "alerting",
  "dialing",
  "contacting",
  "offering",
  "connected",
  "disconnected",
  "terminated",
  "converting",
  "uploading",
  "transmitting",
  "none",
] as const;

/** A state of a conversation or participant. */
export type ConversationState = (typeof CONVERSATION_STATES)[number];
