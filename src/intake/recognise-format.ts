import type { RecognisedFormat } from "./intake.js";
import { parseMembers } from "./loose-json.js";

/** So many bytes are enough to tell what a file is. */
export const START_BYTES: number = 1 << 16;

/** Files that people take for recordings, by how they begin, and what to do with them. */
const OTHERS: readonly (readonly [name: string, start: RegExp, hint: string])[] = [
  ["a zip file", /^PK\u0003\u0004/, "unpack it; a .har, a log or a journal is expected"],
  ["a gzip file", /^\u001f\u008b/, "unpack it with gunzip"],
  [
    "a packet capture",
    /^(?:\u00d4\u00c3\u00b2\u00a1|\u00a1\u00b2\u00c3\u00d4|\n\r\r\n)/,
    "expected HTTP in the clear: a HAR of a browser or a proxy",
  ],
  ["an XML file", /^\s*<\?xml/, "export a HAR instead"],
  ["an HTML page", /^\s*<(?:!doctype html|html)/i, "save the HAR itself, not the page that shows it"],
  ["a text of 16-bit characters", /^(?:\u00ff\u00fe|\u00fe\u00ff)/, "save it as UTF-8"],
];

const HAR = /^\s*\{\s*"log"\s*:\s*\{/;
const JOURNAL = /^\{"type":"run-started"/;
const SDK_TEXT = /^=== REQUEST ===/m;
const SDK_JSON = /"statusCode"\s*:/;

/**
 * Tells from its first bytes what a file seems to be; `lines` is a log, of which only reading it all tells whether there
 * is something in it. Pure.
 */
export function recogniseFormat(firstBytes: Uint8Array): RecognisedFormat {
  const bytes = Buffer.from(firstBytes.buffer, firstBytes.byteOffset, firstBytes.byteLength);
  const raw = bytes.toString("latin1");
  const other = OTHERS.find(([, start]) => start.test(raw));
  if (other !== undefined) return { kind: "other", name: other[0], hint: other[2] };
  const text = bytes.toString("utf8").replace(/^\ufeff/, "");
  if (JOURNAL.test(text)) return { kind: "journal" };
  if (HAR.test(text) || looksLikeHar(text)) return { kind: "har" };
  return { kind: SDK_TEXT.test(text) && !SDK_JSON.test(text) ? "sdk-text-log" : "lines" };
}

/** A JSON object that goes on beyond its first line is a HAR or nothing; a log has one on each line. */
function looksLikeHar(text: string): boolean {
  const [first = "", ...rest] = text.trimStart().split("\n");
  if (!first.startsWith("{") || SDK_JSON.test(text)) return false;
  return rest.length === 0 || parseMembers(first) === null;
}
