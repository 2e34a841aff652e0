import type { BodyEncoding } from "../../journal/journal.js";

/** The text of a body; null for bytes that are no text. Pure. */
export function decodedBody(message: {
  readonly body: string;
  readonly bodyEncoding: BodyEncoding;
}): string | null {
  return message.bodyEncoding === "utf8" ? message.body : null;
}
