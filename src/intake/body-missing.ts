import { hasMaskedValues } from "../core/masked-value.js";
import type { MissingPart } from "../journal/journal.js";
import type { RecordedBody } from "./intake.js";

/** Longer bodies are not searched for values that somebody took out: it costs much, and they are hardly written by hand. */
const MOST_SEARCHED_BYTES = 256 * 1024;

/** What of a body a recording does not have. Pure. */
export function bodyMissing({ bytes, missing }: RecordedBody): readonly MissingPart[] {
  if (missing) return ["body"];
  if (bytes === null || bytes.length > MOST_SEARCHED_BYTES) return [];
  return hasMaskedValues(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("utf8"))
    ? ["values"]
    : [];
}
