import { GcidemError, invalidFile } from "../core/errors.js";
import type { ByteSource } from "../intake/byte-source.js";
import { looksLikeCurl, readCurl } from "../intake/curl/read-curl.js";
import { looksLikeHttpFile, readHttpFile } from "../intake/http-file/read-http-file.js";
import { looksLikePostman, readPostman } from "../intake/postman/read-postman.js";
import { readRecording } from "../intake/read-recording.js";
import { recogniseFormat, START_BYTES } from "../intake/recognise-format.js";
import type { ReadBeside } from "../intake/written.js";
import { fromRecording } from "./from-recording.js";
import { fromWritten } from "./from-written.js";
import type { Traffic } from "./import.js";

/** Requests that somebody wrote down are a text that fits into memory; recordings may be larger. In bytes. */
const MOST_WRITTEN_BYTES = 64 << 20;

const READABLE =
  "gcidem import reads curl commands, HAR, Postman 2.1, .http files, the Genesys SDK's JSON log, and saved runs";

function refuse(file: string, message: string, hint: string): GcidemError {
  return invalidFile(file, [{ at: { file, line: 1, column: 1 }, message, hint }]);
}

function wholeText(source: ByteSource): string {
  if (source.size > MOST_WRITTEN_BYTES)
    throw refuse(
      source.name,
      `the file has ${source.size} bytes, more than the ${MOST_WRITTEN_BYTES} of written requests`,
      "take out what is not needed",
    );
  return source.read(0, source.size).toString("utf8");
}

const SCENARIO = /^steps:\s*(?:#.*)?$/m;
const LOG_LINE = /"statusCode"\s*:|^=== (?:REQUEST|RESPONSE) ===/m;

/** What is neither written requests nor a recording has no place in `readRecording`, whose words are about logs. */
function checkRecognised(start: string, source: ByteSource): void {
  const { name, size } = source;
  if (SCENARIO.test(start)) throw refuse(name, "this is a scenario already", `gcidem replay ${name}`);
  if (/^\s*(?:\$\w+\s*=\s*)?(?:Invoke-(?:WebRequest|RestMethod)|iwr|irm)\s/im.test(start))
    throw refuse(name, "this is a command of PowerShell's own", "copy the request as cURL instead");
  if (/^(?:await\s+)?fetch\(/m.test(start))
    throw refuse(name, "this is a call of JavaScript's fetch", "copy the request as cURL instead");
  const lines = recogniseFormat(Buffer.from(start)).kind === "lines";
  if (lines && size <= START_BYTES && !LOG_LINE.test(start))
    throw refuse(name, "found nothing that can be imported", READABLE);
}

/** @throws GcidemError that says what it is instead. */
function readOther(source: ByteSource): null {
  readRecording(source);
  return null;
}

/**
 * Recognises what a source is by how it begins, and opens its requests; null for a journal of gcidem's own. The source
 * must stay open. `read` gives files that written requests name.
 * @throws GcidemError `invalid-file` for what cannot be imported
 */
export function openTraffic(source: ByteSource, read: ReadBeside): Traffic | null {
  const { name } = source;
  if (source.size === 0)
    throw new GcidemError("invalid-file", `${name}: the file is empty`, { hint: READABLE });
  const bytes = source.read(0, START_BYTES);
  if (recogniseFormat(bytes).kind === "other") return readOther(source);
  const start = bytes.toString("utf8").replace(/^\ufeff/, "");
  if (looksLikePostman(start)) return fromWritten(readPostman(wholeText(source), name, read), name);
  if (looksLikeCurl(start)) return fromWritten(readCurl(wholeText(source), read), name);
  if (/\.(?:http|rest)$/i.test(name) || looksLikeHttpFile(start))
    return fromWritten(readHttpFile(wholeText(source), read), name);
  checkRecognised(start, source);
  const recording = readRecording(source);
  return recording === null ? null : fromRecording(recording, name);
}
