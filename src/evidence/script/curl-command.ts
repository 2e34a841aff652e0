import { headerValue } from "../../core/http.js";
import type { Exchange } from "../../journal/journal.js";
import { isArgument, printBytes, printCommand, type ShellPiece, shellWord } from "./shell-text.js";
import type { Variables } from "./variables.js";

/** Headers that curl makes by itself, or that would be wrong for a request of its own. */
const MADE_BY_CURL = new Set([
  ...["accept-encoding", "connection", "content-length", "host", "keep-alive"],
  ...["proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "user-agent"],
]);

/** Headers that curl adds where nobody says anything of them; the second one only with a body. */
const ADDED_BY_CURL = ["Accept", "Content-Type"];

const ORIGIN = /^[a-z][a-z\d+.-]*:\/\/[^/?#]*/i;
const WITH_BODY = new Set(["POST", "PUT", "PATCH"]);
const LONGEST_S = 60;

/** How one request is sent: curl's words, and what is written into its standard input. */
export interface CurlCommand {
  readonly words: readonly string[];
  /** A command that writes the body; null where it is among the words, or there is none. */
  readonly input: string | null;
}

function headerWords(exchange: Exchange, variables: Variables, recorded: boolean): readonly string[] {
  const { headers } = exchange.request;
  const sent = headers.filter(([name]) => !MADE_BY_CURL.has(name.toLowerCase()) && !name.startsWith(":"));
  // Browsers and log writers leave the credentials out, or a mark in their place.
  const withoutLogin = recorded && headerValue(headers, "authorization")?.includes("<secret") !== true;
  const lines = withoutLogin ? sent.filter(([name]) => name.toLowerCase() !== "authorization") : sent;
  const words = lines.map(([name, value]) => {
    if (value === "") return `-H ${shellWord([{ text: `${name};` }])}`;
    const pieces = variables.pieces(value, { kind: "header", name }, exchange);
    return `-H ${shellWord(merged([{ text: `${name}: ` }, ...pieces]))}`;
  });
  const added = exchange.request.body === "" ? ADDED_BY_CURL.slice(0, 1) : ADDED_BY_CURL;
  const silenced = added.filter((name) => headerValue(headers, name) === null);
  return [
    ...words,
    ...silenced.map((name) => `-H '${name}:'`),
    ...(withoutLogin ? ['${AUTHORIZATION:+-H "Authorization: ${AUTHORIZATION}"}'] : []),
  ];
}

/** Neighbouring texts are one: it reads better. */
function merged(pieces: readonly ShellPiece[]): readonly ShellPiece[] {
  const result: ShellPiece[] = [];
  for (const piece of pieces) {
    const last = result.at(-1);
    if ("text" in piece && last !== undefined && "text" in last)
      result[result.length - 1] = { text: last.text + piece.text };
    else result.push(piece);
  }
  return result;
}

function bodyOf(exchange: Exchange, variables: Variables): CurlCommand {
  const { request, id } = exchange;
  if (request.missing?.includes("body") === true && WITH_BODY.has(request.method)) {
    const number = id.replace(/^e(?=\d+$)/, "");
    const name = variables.missing(`BODY_${number}`, `the body of #${number}, which was not recorded`);
    return { words: [`--data-raw "\${${name}}"`], input: null };
  }
  if (request.body === "") return { words: [], input: null };
  const stdin = ["--data-binary @-", "-H 'Expect:'"];
  if (request.bodyEncoding === "base64")
    return { words: stdin, input: printBytes(Buffer.from(request.body, "base64")) };
  const pieces = merged(variables.pieces(request.body, { kind: "body" }, exchange));
  return isArgument(pieces)
    ? { words: [`--data-raw ${shellWord(pieces)}`], input: null }
    : { words: stdin, input: printCommand(pieces) };
}

function urlWord(exchange: Exchange, variables: Variables): string {
  const { url } = exchange.request;
  const origin = ORIGIN.exec(url)?.[0] ?? "";
  const path = url.slice(origin.length).replace(/#.*$/s, "");
  const base = { variable: variables.origin(origin) };
  return shellWord(merged([base, ...variables.pieces(path, { kind: "url" }, exchange)]));
}

/** As long as the recorded client waited, where it gave up; else long enough. */
function longestSeconds({ error, timings }: Exchange): number {
  if (error?.phase !== "timeout" || timings.endMs === null) return LONGEST_S;
  return Math.max(1, Math.ceil((timings.endMs - timings.startMs) / 1000));
}

/** One request as a command of curl. `recorded`: somebody else's recorder wrote it down, without credentials. */
export function curlCommandOf(exchange: Exchange, variables: Variables, recorded: boolean): CurlCommand {
  const { method } = exchange.request;
  const body = bodyOf(exchange, variables);
  const verb = method === "HEAD" ? "--head" : `-X ${shellWord([{ text: method }])}`;
  return {
    words: [
      `-m ${longestSeconds(exchange)} ${verb} ${urlWord(exchange, variables)}`,
      ...headerWords(exchange, variables, recorded),
      ...body.words,
    ],
    input: body.input,
  };
}
