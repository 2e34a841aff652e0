import { isConflictStatus } from "../../core/http.js";
import { type JsonNode, tryParseJson, writeJson } from "../../core/json.js";
import type { Exchange, ReceivedResponse } from "../../journal/journal.js";
import type { Look } from "./look.js";
import type { Tone } from "./table-row.js";

/** Members in which servers say what went wrong, in the order in which they are worth reading. */
const TELLING = ["code", "error", "type", "title", "message", "detail", "error_description", "description"];

/** Nobody reads more of a page. */
const LONGEST_PLAIN = 1000;

/** Parsing more than this for one line of text is not worth the time. */
const LONGEST_PARSED = 100_000;

/** The status of an answer, or the code of its absence. Pure. */
export function outcomeOf(exchange: Exchange): string {
  return exchange.response === null
    ? (exchange.error?.code ?? "no answer")
    : String(exchange.response.status);
}

/** How an exchange's outcome is coloured: conflicts are what one looks for, failures are bad. Pure. */
export function toneOf(exchange: Exchange): Tone {
  const status = exchange.response?.status;
  if (status === undefined || status >= 500) return "bad";
  if (isConflictStatus(status)) return "conflict";
  return status >= 300 ? "notable" : "good";
}

/** The colour of a tone. Pure. */
export function painterOf(tone: Tone, look: Look): (text: string) => string {
  const { green, yellow, red } = look.paint;
  return { good: green, notable: yellow, conflict: yellow.bold, bad: red }[tone];
}

function tellingMembers(node: JsonNode): readonly string[] {
  if (node.kind !== "object") return [];
  const members = new Map(node.members);
  return TELLING.flatMap((name) => {
    const value = members.get(name);
    if (value?.kind !== "string" || value.value === "") return [];
    const code = /^[\w.:/#-]+$/.test(value.value);
    return [`${name} ${code ? value.value : JSON.stringify(value.value)}`];
  });
}

/** What an answer says in a few words: its error code and message, else the beginning of its body. Pure. */
export function answerWords(response: ReceivedResponse): string {
  if (response.body === "") return "no body";
  if (response.bodyEncoding === "base64")
    return `${Buffer.byteLength(response.body, "base64")} bytes, not text`;
  const node = response.body.length > LONGEST_PARSED ? null : tryParseJson(response.body);
  if (node === null) return response.body.slice(0, LONGEST_PLAIN).trim().replace(/\s+/g, " ");
  const telling = tellingMembers(node);
  return telling.length > 0 ? telling.join(", ") : writeJson(node);
}
