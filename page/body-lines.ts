import { type JsonNode, tryParseJson } from "../src/core/json.js";
import type { ReceivedResponse, SentRequest } from "../src/journal/journal.js";
import type { Cut } from "../src/report/html/page-data.js";
import { grouped, shortened, visible } from "./visible-text.js";

/** A message whose body may have been cut for the page. */
export type Message = (SentRequest | ReceivedResponse) & Cut;

const MOST_LINES = 2_000;
const LONGEST_LINE = 2_000;
const BYTES_IN_ROW = 16;
/** A dump of more is nothing to read. */
const MOST_BYTES = 4_096;

function* jsonLines(node: JsonNode, indent: string, before: string, after: string): Generator<string> {
  const inner = `${indent}  `;
  if (node.kind === "object" && node.members.length > 0) {
    yield `${indent}${before}{`;
    for (const [at, [name, value]] of node.members.entries())
      yield* jsonLines(value, inner, `${JSON.stringify(name)}: `, at < node.members.length - 1 ? "," : "");
    yield `${indent}}${after}`;
  } else if (node.kind === "array" && node.items.length > 0) {
    yield `${indent}${before}[`;
    for (const [at, item] of node.items.entries())
      yield* jsonLines(item, inner, "", at < node.items.length - 1 ? "," : "");
    yield `${indent}]${after}`;
  } else yield `${indent}${before}${scalar(node)}${after}`;
}

/** Numbers as they were written: 1.0 is not 1. */
function scalar(node: JsonNode): string {
  if (node.kind === "object") return "{}";
  if (node.kind === "array") return "[]";
  if (node.kind === "number") return node.text;
  return node.kind === "null" ? "null" : JSON.stringify(node.value);
}

function parsed(text: string): JsonNode | null {
  try {
    return tryParseJson(text);
  } catch {
    return null;
  }
}

function capLines(lines: Iterable<string>): readonly string[] {
  const shown: string[] = [];
  for (const line of lines) {
    if (shown.length >= MOST_LINES) return [...shown, "… more lines are in the JSON report"];
    shown.push(shortened(visible(line), LONGEST_LINE));
  }
  return shown;
}

/** The bytes of a body. Pure. */
export function bytesOf({ body, bodyEncoding }: Message): Uint8Array {
  if (bodyEncoding === "utf8") return new TextEncoder().encode(body);
  return Uint8Array.from(atob(body), (character) => character.charCodeAt(0));
}

/** A body in lines to be read: JSON is laid out, its numbers as they were written. Pure. */
export function bodyLines(message: Message): readonly string[] {
  if (message.missing?.includes("body") === true) return ["(not recorded)"];
  if (message.body === "") return [];
  if (message.bodyEncoding === "base64") return dumpLines(bytesOf(message), 0);
  const node = message.bodyLength === undefined ? parsed(message.body) : null;
  return capLines(node === null ? message.body.split("\n") : jsonLines(node, "", "", ""));
}

/** `74 bytes, sha256 4b1e…`, and what is not whole. Pure. */
export function bodyWords(message: Message): string {
  if (message.missing?.includes("body") === true) return "not recorded";
  const { bodyLength, bodySha256 } = message;
  const size =
    bodyLength === undefined
      ? `${grouped(bytesOf(message).length)} bytes`
      : `${grouped(bodyLength)} characters, cut for this page; the JSON report has them all`;
  const cut = "truncated" in message && message.truncated ? ", cut at the limit when it came" : "";
  if (bodySha256.startsWith("hmac-")) return `${size}, secrets redacted${cut}`;
  return bodySha256 === "" ? `${size}${cut}` : `${size}, sha256 ${bodySha256.slice(0, 8)}…${cut}`;
}

/** Bytes in rows of sixteen, hexadecimal and as ASCII, from `start` on. Pure. */
export function dumpLines(bytes: Uint8Array, start: number): readonly string[] {
  const lines: string[] = [];
  for (let at = start; at < Math.min(bytes.length, start + MOST_BYTES); at += BYTES_IN_ROW) {
    const row = [...bytes.subarray(at, at + BYTES_IN_ROW)];
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const text = row.map((byte) => (byte >= 32 && byte < 127 ? String.fromCharCode(byte) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(BYTES_IN_ROW * 3 - 1)}  ${text}`);
  }
  return bytes.length > start + MOST_BYTES ? [...lines, `… ${grouped(bytes.length)} bytes in all`] : lines;
}

/** The row in which two bodies begin to differ; null where they do not. Pure. */
export function firstDifference(base: Uint8Array, other: Uint8Array): number | null {
  const most = Math.max(base.length, other.length);
  for (let at = 0; at < most; at++) if (base[at] !== other[at]) return at;
  return null;
}

/** Where a dump that shows a difference should start: one row before it. Pure. */
export function dumpStart(difference: number): number {
  return Math.max(0, difference - (difference % BYTES_IN_ROW) - BYTES_IN_ROW);
}
