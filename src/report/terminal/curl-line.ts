import type { SentRequest } from "../../journal/journal.js";
import { decodedBody } from "./decoded-body.js";
import type { Look } from "./look.js";

/** Headers that curl makes by itself, or that would be wrong for a request of its own. */
const MADE_BY_CURL = new Set([
  "accept-encoding",
  "connection",
  "content-length",
  "host",
  "keep-alive",
  "transfer-encoding",
  "user-agent",
]);

/** A longer body would bury the line that one wants to copy. */
const LONGEST_BODY = 2000;

/** What plain quotes can hold without harming a terminal. Not all tag characters (from U+E0000 on) are format characters. */
const HARMLESS = /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\u{e0000}-\u{e007f}]*$/u;
const SAFE_WORD = /^[\w@%+=:,./-]+$/;

function ansiEscape(character: string): string {
  if (character === "'" || character === "\\") return `\\${character}`;
  if (character === "\n") return "\\n";
  const hex = (character.codePointAt(0) ?? 0).toString(16);
  return hex.length > 4 ? `\\U${hex.padStart(8, "0")}` : `\\u${hex.padStart(4, "0")}`;
}

/**
 * One word of a POSIX shell. Text with control characters is written as `$'...'`, which bash, zsh and ksh read, since
 * the character itself must not reach a terminal. Pure.
 */
export function shellQuote(text: string, ascii: boolean): string {
  if (SAFE_WORD.test(text)) return text;
  const plain = HARMLESS.test(text) && !(ascii && /[^ -~]/.test(text));
  if (plain) return `'${text.replaceAll("'", "'\\''")}'`;
  const special = ascii
    ? /[^ -~]|['\\]/gu
    : /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}\u{e0000}-\u{e007f}'\\]/gu;
  return `$'${text.replace(special, ansiEscape)}'`;
}

function bodyArguments(request: SentRequest, quote: (text: string) => string): readonly string[] {
  const body = decodedBody(request);
  if (body === "") return [];
  if (body === null) return ["--data-binary @body.bin"];
  return [body.length > LONGEST_BODY ? "--data-binary @body.txt" : `--data-raw ${quote(body)}`];
}

/**
 * The request as lines of one curl command. Secrets are the placeholders that the journal has (`<secret:1>`); a body
 * that is long or no text is a file to be saved from the JSON report.
 */
export function curlLines(request: SentRequest, look: Pick<Look, "unicode">): readonly string[] {
  const quote = (text: string): string => shellQuote(text, !look.unicode);
  const headers = request.headers.filter(([name]) => !MADE_BY_CURL.has(name.toLowerCase()));
  const words = [
    `curl -i ${request.method === "GET" && request.body === "" ? "" : `-X ${quote(request.method)} `}${quote(request.url)}`,
    ...headers.map(([name, value]) => `-H ${quote(value === "" ? `${name};` : `${name}: ${value}`)}`),
    ...bodyArguments(request, quote),
  ];
  return words.map(
    (word, index) => (index === 0 ? "" : "  ") + word + (index === words.length - 1 ? "" : " \\"),
  );
}

/** The same in one line, for files. */
export function curlCommand(request: SentRequest): string {
  return curlLines(request, { unicode: true })
    .map((line) => line.replace(/ \\$/, "").trim())
    .join(" ");
}
