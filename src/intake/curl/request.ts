import type { HeaderList } from "../../core/http.js";
import { tryParseJson } from "../../core/json.js";
import { hasMark, type ReadBeside, replaceMarks, type WrittenNote, type WrittenRequest } from "../written.js";
import { type Datum, dataBytes, type Files, multipart } from "./body.js";
import { type CurlOption, SILENT } from "./options.js";

/** What options of one request add up to. */
interface Draft {
  urls: CurlOption[];
  headers: [string, string][];
  removed: string[];
  data: Datum[];
  forms: Datum[];
  query: string[];
  method: string | null;
  get: boolean;
  head: boolean;
  upload: string | null;
  timeoutMs: number | null;
}

/** What the requests of a command are told to. */
interface Telling {
  readonly read: ReadBeside;
  readonly note: (line: number, text: string) => void;
}

const DATA_KINDS: Readonly<Record<string, Datum["kind"]>> = {
  ...{ data: "data", "data-ascii": "data", "data-binary": "data-binary", "data-raw": "data-raw" },
  ...{ "data-urlencode": "data-urlencode", json: "json" },
};

/** Options that a scenario has other words for. */
const ELSEWHERE: Readonly<Record<string, string>> = {
  location: "redirects are not followed: each answer is one of its own",
  insecure: "certificates are always checked; --cacert FILE trusts another authority",
  cacert: "give it to replay: --cacert FILE",
  retry: "nothing is retried by itself; a step says it with `retry:`",
  proxy: "proxies come from the environment",
  cert: "a client certificate belongs into a profile of the config file",
  key: "a client certificate belongs into a profile of the config file",
  "connect-timeout": "a step has one `timeout:` for everything",
  netrc: "credentials come from a profile or -H",
  config: "the options in that file are not read",
  "aws-sigv4": "requests are not signed",
  digest: "digest authentication is not done",
  ntlm: "NTLM authentication is not done",
  resolve: "names are looked up as ever; name the address in --target",
  "connect-to": "names are looked up as ever; name the address in --target",
  parallel: "the requests are written one after the other; put them into a `race:`",
};

function addHeader(draft: Draft, line: string): void {
  const [, name, sign, value] = /^\s*([^:;\s]+)\s*([:;])\s*([\s\S]*)$/.exec(line) ?? [];
  if (name === undefined) return;
  if (sign === ":" && value?.trim() === "") draft.removed.push(name.toLowerCase());
  else draft.headers.push([name, sign === ";" ? "" : (value ?? "").trim()]);
}

function basic(user: string): string {
  const readable = replaceMarks(user, (name) => name);
  return `Basic ${Buffer.from(readable).toString("base64")}`;
}

function apply(draft: Draft, option: CurlOption, { note }: Telling): void {
  const { name, line } = option;
  const value = option.value ?? "";
  const kind = DATA_KINDS[name];
  if (kind !== undefined) draft.data.push({ kind, value });
  else if (name === "form" || name === "form-string") draft.forms.push({ kind: name, value });
  else if (name === "url") draft.urls.push(option);
  else if (name === "header" && value.startsWith("@"))
    note(line, `-H ${value}: headers from a file are not read`);
  else if (name === "header") addHeader(draft, value);
  else if (name === "user") draft.headers.push(["Authorization", basic(value)]);
  else if (name === "oauth2-bearer") draft.headers.push(["Authorization", `Bearer ${value}`]);
  else if (name === "cookie" && value.includes("=")) draft.headers.push(["Cookie", value]);
  else if (name === "user-agent") draft.headers.push(["User-Agent", value]);
  else if (name === "referer") draft.headers.push(["Referer", value.replace(/;auto$/, "")]);
  else if (name === "range") draft.headers.push(["Range", `bytes=${value}`]);
  else if (name === "request") draft.method = value;
  else if (name === "get") draft.get = true;
  else if (name === "head") draft.head = true;
  else if (name === "upload-file") draft.upload = value;
  else if (name === "url-query") draft.query.push(value);
  else if (name === "max-time" && Number(value) > 0) draft.timeoutMs = Math.ceil(Number(value) * 1000);
  else if (!SILENT.has(name)) {
    const flag = name.length === 1 ? `-${name}` : `--${name}`;
    note(line, `${flag} is left out: ${ELSEWHERE[name] ?? "a scenario cannot say it"}`);
  }
}

/** Typographic quotation marks inside of what would be JSON without them. */
function plainJson(bytes: Buffer): Buffer | null {
  const text = bytes.toString("utf8");
  if (!/[\u201c\u201d\u201e]/.test(text) || tryParseJson(text) !== null) return null;
  const plain = text.replace(/[\u201c\u201d\u201e]/g, '"');
  return tryParseJson(plain) === null ? null : Buffer.from(plain);
}

/** Braces and ranges of a URL, which curl and shells make several URLs of. */
const SEVERAL = /\{[^{}]*,[^{}]*\}|\[(?:\d+-\d+|[a-z]-[a-z])(?::\d+)?\]/i;

function withQuery(url: string, parts: readonly string[]): string {
  if (parts.length === 0) return url;
  const [path = "", ...hash] = url.split("#");
  const joint = path.includes("?") ? "&" : "?";
  return [`${path}${joint}${parts.join("&")}`, ...hash].join("#");
}

interface Body {
  readonly bytes: Buffer | null;
  readonly headers: HeaderList;
}

function bodyOf(draft: Draft, files: Files): Body {
  const { forms, upload, data, get } = draft;
  if (forms.length > 0) {
    const { bytes, contentType } = multipart(forms, files);
    return { bytes: Buffer.from(bytes), headers: [["Content-Type", contentType]] };
  }
  if (upload !== null)
    return { bytes: dataBytes([{ kind: "data-binary", value: `@${upload}` }], files), headers: [] };
  if (data.length === 0 || get) return { bytes: null, headers: [] };
  const json = data.some(({ kind }) => kind === "json");
  const headers: HeaderList = json
    ? [
        ["Content-Type", "application/json"],
        ["Accept", "application/json"],
      ]
    : [["Content-Type", "application/x-www-form-urlencoded"]];
  return { bytes: dataBytes(data, files), headers };
}

function methodOf({ method, head, get, upload }: Draft, body: Buffer | null): string {
  if (method !== null) return method.toUpperCase();
  if (head) return "HEAD";
  if (get) return "GET";
  return upload !== null ? "PUT" : body === null ? "GET" : "POST";
}

function absolute({ value, line }: CurlOption, { note }: Telling): string {
  const url = (value ?? "").replace(/^<(.*)>$/, "$1");
  if (SEVERAL.test(url)) note(line, "the URL stands for several (braces or a range): it is taken as it is");
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(url) || hasMark(url.slice(0, 1))) return url;
  note(line, `the URL ${url.slice(0, 60)} has no scheme: http:// is guessed, as curl does`);
  return `http://${url}`;
}

function requestsOf(draft: Draft, line: number, telling: Telling): readonly WrittenRequest[] {
  const { note, read } = telling;
  const files: Files = { read, missing: (message) => note(line, `${message}; nothing is sent in its place`) };
  const body = bodyOf(draft, files);
  if (draft.forms.length > 0)
    note(
      line,
      "-F: the multipart body is put together here, under a boundary of its own, and kept as a file",
    );
  const query = draft.get && draft.data.length > 0 ? [dataBytes(draft.data, files).toString("utf8")] : [];
  const bytes = body.bytes === null ? null : (plainJson(body.bytes) ?? body.bytes);
  if (bytes !== body.bytes)
    note(line, "typographic quotation marks in the JSON body were read as plain ones");
  const given = new Set(draft.headers.map(([name]) => name.toLowerCase()));
  const added = body.headers.filter(
    ([name]) => !given.has(name.toLowerCase()) && !draft.removed.includes(name.toLowerCase()),
  );
  if (draft.urls.length === 0) note(line, "this curl has no URL: it is left out");
  return draft.urls.map((option) => ({
    line,
    name: null,
    method: methodOf(draft, bytes),
    url: withQuery(absolute(option, telling), [...draft.query, ...query]),
    headers: [...draft.headers, ...added],
    body: bytes,
    timeoutMs: draft.timeoutMs,
  }));
}

function newDraft(): Draft {
  const lists = { urls: [], headers: [], removed: [], data: [], forms: [], query: [] };
  return { ...lists, method: null, get: false, head: false, upload: null, timeoutMs: null };
}

/** The requests of one command's options; `--next` begins another one. */
export function curlRequests(
  options: readonly CurlOption[],
  line: number,
  { read, notes }: { readonly read: ReadBeside; readonly notes: WrittenNote[] },
): readonly WrittenRequest[] {
  const telling: Telling = { read, note: (at, text) => notes.push({ line: at, text }) };
  const requests: WrittenRequest[] = [];
  let draft = newDraft();
  for (const option of options) {
    if (option.name !== "next") apply(draft, option, telling);
    else {
      requests.push(...requestsOf(draft, line, telling));
      draft = newDraft();
    }
  }
  return [...requests, ...requestsOf(draft, line, telling)];
}
