import { GcidemError } from "../core/errors.js";
import type { ByteSource } from "./byte-source.js";
import type { Recording } from "./intake.js";
import { readHar } from "./read-har.js";
import { readSdkLog } from "./read-sdk-log.js";
import { recogniseFormat, START_BYTES } from "./recognise-format.js";

/** A recording, or null where the source is a journal of gcidem's own. */
export function readRecording(source: ByteSource): Recording | null {
  if (source.size === 0) throw new GcidemError("invalid-file", `${source.name}: the file is empty`);
  const format = recogniseFormat(source.read(0, START_BYTES));
  if (format.kind === "other")
    throw new GcidemError("invalid-file", `${source.name} is ${format.name}, expected a HAR or a log`, {
      hint: format.hint,
    });
  if (format.kind === "journal") return null;
  return format.kind === "har" ? readHar(source) : readSdkLog(source);
}
