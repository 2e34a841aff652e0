import type { HeaderList } from "../../core/http.js";
import { readCurl } from "../curl/read-curl.js";
import { fileVariables, isSecretVariable, secretIn } from "../variables.js";
import type { AskedValue, ReadBeside, WrittenNote, WrittenRequest, WrittenRequests } from "../written.js";

const METHODS = "GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS|TRACE|CONNECT|[A-Z]{3,12}";
const REQUEST_LINE = new RegExp(`^(?:(${METHODS})[ \\t]+)?(\\S.*?)(?:[ \\t]+HTTP\\/[\\d.]+)?[ \\t]*$`);
const STARTS =
  /^(?:(?:GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS)[ \t]+(?:https?:\/\/|\{\{|\/)\S|https?:\/\/\S+[ \t]*$)/;
const SEPARATOR = /^###(.*)$/;
const COMMENT = /^(?:#|\/\/)\s?(.*)$/;
const DEFINITION = /^@([\w.-]+)\s*=\s*(.*?)\s*$/;
const HEADER = /^([!#$%&'*+.^_`|~\w-]+)\s*:\s*(.*?)\s*$/;

/** True for the beginning of an .http file. Pure. */
export function looksLikeHttpFile(text: string): boolean {
  const first = text.split("\n").find((line) => !/^\s*(?:#|\/\/|@[\w.-]+\s*=|$)/.test(line));
  return STARTS.test(first?.trim() ?? "");
}

/** What is done with an answer. */
const HANDLER = /^(?:>\s*\{%|>\s*\S+\.js|>>|<>\s)/;

interface Line {
  readonly text: string;
  readonly number: number;
}

/** Lines from one `###` to the next, and what stands behind the first one. */
interface Block {
  readonly title: string;
  readonly lines: readonly Line[];
}

function blocksOf(source: string): readonly Block[] {
  const blocks: { title: string; lines: Line[] }[] = [{ title: "", lines: [] }];
  for (const [index, text] of source
    .replace(/^\ufeff/, "")
    .replaceAll("\r\n", "\n")
    .split("\n")
    .entries()) {
    const [, title] = SEPARATOR.exec(text) ?? [];
    if (title === undefined) blocks.at(-1)?.lines.push({ text, number: index + 1 });
    else blocks.push({ title: title.trim(), lines: [] });
  }
  return blocks;
}

/** Variables of the whole file, wherever they stand: the last one of a name counts. */
function definitionsOf(blocks: readonly Block[]): ReadonlyMap<string, string> {
  const found = blocks.flatMap(({ lines }) =>
    lines.flatMap(({ text }): readonly (readonly [string, string])[] => {
      const [, name, value] = DEFINITION.exec(text) ?? [];
      return name === undefined ? [] : [[name, value ?? ""]];
    }),
  );
  return new Map(found);
}

interface Means {
  readonly fill: (text: string, line: number) => string;
  readonly read: ReadBeside;
  readonly note: (line: number, text: string) => void;
  /** Shell variables of curl lines. */
  readonly asked: AskedValue[];
}

/** A block's lines, taken from its start. */
interface Cursor {
  readonly lines: readonly Line[];
  at: number;
}

interface Intro {
  readonly name: string | null;
  readonly timeoutMs: number | null;
}

/** What gcidem does by itself. */
const DONE_ANYWAY: ReadonlySet<string> = new Set([
  "no-log",
  "no-redirect",
  "no-cookie-jar",
  "no-auto-encoding",
]);

const PER_UNIT: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000 };

/** Comments, variables and scripts before a request line. */
function takeIntro(cursor: Cursor, { note }: Means): Intro {
  let [name, timeoutMs, script]: [string | null, number | null, boolean] = [null, null, false];
  for (; cursor.at < cursor.lines.length; cursor.at++) {
    const { text, number } = cursor.lines[cursor.at] ?? { text: "", number: 0 };
    if (script) {
      script = !text.includes("%}");
      continue;
    }
    if (/^<\s*(?:\{%|\S+\.js)/.test(text)) {
      note(number, "the script before this request is not run");
      script = text.includes("{%") && !text.includes("%}");
      continue;
    }
    const [, comment] = COMMENT.exec(text) ?? [];
    const [, tag, value] = /^@([\w-]+)(?:[ =]+(.*?))?\s*$/.exec(comment ?? "") ?? [];
    if (tag === "name") name = value ?? null;
    else if (tag === "timeout") {
      const [, amount, unit] = /^(\d+)\s*(ms|s|m)?$/.exec(value ?? "") ?? [];
      timeoutMs = amount === undefined ? null : Number(amount) * (PER_UNIT[unit ?? "s"] ?? 1000);
    } else if (tag !== undefined && !DONE_ANYWAY.has(tag))
      note(number, `@${tag} is left out: a scenario cannot say it`);
    else if (comment === undefined && text.trim() !== "" && !DEFINITION.test(text)) break;
  }
  return { name, timeoutMs };
}

/** The request line, and the lines of its query below it. */
function takeLine(
  cursor: Cursor,
): { readonly method: string; readonly url: string; readonly line: number } | null {
  const first = cursor.lines[cursor.at];
  const [, method, start] = REQUEST_LINE.exec(first?.text.trim() ?? "") ?? [];
  if (first === undefined || start === undefined) return null;
  let url = start;
  for (cursor.at += 1; /^\s+\S/.test(cursor.lines[cursor.at]?.text ?? ""); cursor.at++)
    url += (cursor.lines[cursor.at]?.text ?? "").trim();
  return { method: method ?? "GET", url: url.replace(/[ \t]+HTTP\/[\d.]+$/, ""), line: first.number };
}

function takeHeaders(cursor: Cursor, means: Means): HeaderList {
  const headers: [string, string][] = [];
  for (; cursor.at < cursor.lines.length; cursor.at++) {
    const { text, number } = cursor.lines[cursor.at] ?? { text: "", number: 0 };
    if (text.trim() === "") break;
    const [, name, value] = HEADER.exec(text) ?? [];
    if (name !== undefined) headers.push([name, means.fill(value ?? "", number)]);
    else if (!COMMENT.test(text))
      means.note(number, `"${/^\S{0,20}/.exec(text.trim())?.[0] ?? ""}..." is no header: it is left out`);
  }
  return headers;
}

function readFileLine(path: string, line: number, { read, note, fill }: Means, filled: boolean): Buffer {
  const found = read(fill(path, line));
  if (typeof found === "string") {
    note(line, `< ${path}: ${found}; nothing is sent in its place`);
    return Buffer.alloc(0);
  }
  return filled ? Buffer.from(fill(Buffer.from(found).toString("utf8"), line)) : Buffer.from(found);
}

/** The body: everything up to the response handler, without the line ends around it. */
function takeBody(cursor: Cursor, means: Means): Buffer | null {
  const lines = cursor.lines.slice(cursor.at);
  const handler = lines.findIndex(({ text }) => HANDLER.test(text));
  if (handler !== -1)
    means.note(lines[handler]?.number ?? 1, "what is done with the answer (> ...) is left out");
  const kept = handler === -1 ? lines : lines.slice(0, handler);
  const first = kept.findIndex(({ text }) => text.trim() !== "");
  if (first === -1) return null;
  const last = kept.findLastIndex(({ text }) => text.trim() !== "");
  const body = kept.slice(first, last + 1);
  const parts = body.map(({ text, number }) => {
    const [, at, path] = /^<(@\w*)?\s+(\S.*?)\s*$/.exec(text) ?? [];
    return path === undefined
      ? Buffer.from(means.fill(text, number))
      : readFileLine(path, number, means, at !== undefined);
  });
  return Buffer.concat(parts.flatMap((part, index) => (index === 0 ? [part] : [Buffer.from("\n"), part])));
}

/** A URL without a host takes it from the Host header, as a message on the wire does. */
function absolute(url: string, headers: HeaderList): string {
  const host = headers.find(([name]) => name.toLowerCase() === "host")?.[1];
  return url.startsWith("/") && host !== undefined ? `http://${host}${url}` : url;
}

const OTHER_PROTOCOL = /^(?:WEBSOCKET|GRPC|RSOCKET)$/;

/** Editors send a query of GraphQL, and the JSON of its variables after an empty line, as JSON. */
function graphQl(body: Buffer | null): Buffer {
  const text = (body ?? "").toString();
  const [, query = text, variables] = /^([\s\S]*?)\r?\n[ \t]*\r?\n(\{[\s\S]*\})\s*$/.exec(text) ?? [];
  return Buffer.from(
    `{"query":${JSON.stringify(query)}${variables === undefined ? "" : `,"variables":${variables}`}}`,
  );
}

/** A curl line in the place of a request: some editors send it. */
function curlOf({ lines, at }: Cursor, { read, note, fill, asked }: Means): readonly WrittenRequest[] | null {
  const [first, ...more] = lines.slice(at);
  if (first === undefined || !/^\s*curl(?:\.exe)?\s/i.test(first.text)) return null;
  const handler = more.findIndex(({ text }) => HANDLER.test(text));
  const own = [first, ...(handler === -1 ? more : more.slice(0, handler))];
  const text = own.map((each) => fill(each.text, each.number)).join("\n");
  const { requests, notes, asked: variables } = readCurl(text, read);
  asked.push(...variables);
  for (const each of notes) note((each.line ?? 1) + first.number - 1, each.text);
  return requests.map((each) => ({ ...each, line: each.line + first.number - 1 }));
}

function readBlock({ title, lines }: Block, means: Means): readonly WrittenRequest[] {
  const cursor: Cursor = { lines, at: 0 };
  const { name, timeoutMs } = takeIntro(cursor, means);
  const known = { name: name ?? (title === "" ? null : title), timeoutMs };
  const curl = curlOf(cursor, means);
  if (curl !== null) return curl.map((each) => ({ ...each, ...known }));
  const line = takeLine(cursor);
  if (line === null) return [];
  if (OTHER_PROTOCOL.test(line.method)) {
    means.note(line.line, `${line.method} is no HTTP request: it is left out`);
    return [];
  }
  const headers = takeHeaders(cursor, means);
  const url = absolute(means.fill(line.url, line.line), headers);
  const body = takeBody(cursor, means);
  const request = { ...known, line: line.line, url };
  if (line.method !== "GRAPHQL") return [{ ...request, method: line.method, headers, body }];
  means.note(line.line, "GRAPHQL: its query is sent as JSON by POST, as editors do");
  const typed = headers.filter(([each]) => each.toLowerCase() !== "content-type");
  return [
    {
      ...{ ...request, method: "POST", body: graphQl(body) },
      headers: [...typed, ["Content-Type", "application/json"]],
    },
  ];
}

/** Where editors keep a set of values for each server, one of which the user chooses there. */
const ENVIRONMENTS = ["http-client.env.json", "http-client.private.env.json"];

function noteEnvironments(asked: readonly AskedValue[], { read, note }: Means): void {
  const beside = ENVIRONMENTS.find((name) => typeof read(name) !== "string");
  const names = asked.map(({ name }) => name).join(", ");
  if (names !== "" && beside !== undefined)
    note(1, `the values of ${beside} are not read, one set of which is chosen in an editor: give ${names}`);
}

/**
 * Reads an .http or .rest file in the dialect that editors share: `###`, `@name = value`, `{{name}}`, `# @name`, `< file`.
 * Scripts are said and not run. `read` gives files that it names. Pure but for it.
 */
export function readHttpFile(source: string, read: ReadBeside): WrittenRequests {
  const blocks = blocksOf(source);
  const definitions = definitionsOf(blocks);
  const [notes, asked]: [WrittenNote[], AskedValue[]] = [[], []];
  const variables = fileVariables((name) => definitions.get(name), notes);
  const note = (line: number, text: string): void => {
    notes.push({ line, text });
  };
  const secrets = [...definitions].flatMap(([name, value]) =>
    isSecretVariable(name) ? (secretIn(value) ?? []) : [],
  );
  const means: Means = { fill: variables.fill, read, note, asked };
  const requests = blocks.flatMap((block) => readBlock(block, means));
  noteEnvironments(variables.asked(), means);
  return { format: ".http file", requests, notes, asked: [...variables.asked(), ...asked], secrets };
}
