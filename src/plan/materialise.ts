import type { SourcePosition } from "../core/errors.js";
import type { HeaderList } from "../core/http.js";
import { tryParseJson } from "../core/json.js";
import type { BodyTemplate, KeyTemplate, RequestTemplate, Template } from "../scenario/scenario.js";
import { evaluateJson, evaluateText } from "./evaluate-template.js";
import { type MaterialRequest, RefusedRequest, type Scope } from "./plan.js";
import { resolveUrl } from "./resolve-url.js";

/** What every request carries unless its scenario says otherwise. */
const DEFAULT_HEADERS: HeaderList = [
  ["accept", "application/json, */*;q=0.5"],
  ["accept-encoding", "gzip, deflate, br"],
];

/** A header's value. @throws RefusedRequest ERR_HEADER_VALUE on CR, LF or NUL, which would start another header. */
export function headerText(name: string, value: Template, scope: Scope): string {
  return checkedHeader(name, evaluateText(value, scope), value.at);
}

function checkedHeader(name: string, value: string, at: SourcePosition): string {
  if (/[\r\n\0]/.test(value)) {
    throw new RefusedRequest(
      "ERR_HEADER_VALUE",
      `the value of header ${name} holds CR, LF or NUL; nothing was sent`,
      at,
    );
  }
  return value;
}

const DEFAULT_KEY_HEADER = "Idempotency-Key";

/**
 * A key's header line: bare, or as the structured-field string that the draft asks for. `before` is the header that
 * the key was in so far.
 */
export function keyHeader(
  key: KeyTemplate,
  scope: Scope,
  before: string | null = null,
): readonly [name: string, value: string] {
  const name = key.header ?? before ?? scope.keys?.header ?? DEFAULT_KEY_HEADER;
  const value = headerText(name, key.value, scope);
  const syntax = key.syntax ?? scope.keys?.syntax ?? "bare";
  return [name, syntax === "quoted" ? `"${value.replace(/[\\"]/g, "\\$&")}"` : value];
}

/** The header that a request's key is in: the one that the scenario names, else the one that is called like it. Pure. */
export function keyHeaderOf({ keyHeader: named, headers }: MaterialRequest): string | null {
  return named ?? headers.find(([name]) => /idempoten/i.test(name))?.[0] ?? null;
}

function contentType(body: BodyTemplate, bytes: Uint8Array): string {
  switch (body.kind) {
    case "json":
      return "application/json";
    case "text":
      return tryParseJson(Buffer.from(bytes).toString("utf8")) === null
        ? "text/plain; charset=utf-8"
        : "application/json";
    case "form":
      return "application/x-www-form-urlencoded";
    case "file":
      return "application/octet-stream";
  }
}

const HALF_CHARACTER = /\p{Surrogate}/u;

/** JSON alone can hold half of a surrogate pair, as an escape. Whatever else were sent would not be that text. */
function checkedText(what: string, text: string, at: SourcePosition): string {
  const [half] = HALF_CHARACTER.exec(text) ?? [];
  if (half === undefined) return text;
  const shown = `\\u${half.charCodeAt(0).toString(16)}`;
  throw new RefusedRequest(
    "ERR_HALF_CHARACTER",
    `a value in the ${what} holds ${shown}, half of a surrogate pair, which only JSON can carry; nothing was sent`,
    at,
  );
}

function plainText(what: string, template: Template, scope: Scope): string {
  return checkedText(what, evaluateText(template, scope), template.at);
}

function formText(fields: (BodyTemplate & { readonly kind: "form" })["fields"], scope: Scope): string {
  const form = new URLSearchParams();
  for (const [name, value] of fields) form.append(name, plainText("form", value, scope));
  return form.toString();
}

function bodyBytes(body: BodyTemplate, scope: Scope): Uint8Array {
  switch (body.kind) {
    case "json":
      return Buffer.from(evaluateJson(body.json, scope));
    case "text":
      return Buffer.from(plainText("body", body.text, scope));
    case "form":
      return Buffer.from(formText(body.fields, scope));
    case "file":
      return scope.readFile(body.path);
  }
}

/** Later lines replace earlier ones of the same name, in place. Pure. */
export function withHeader(headers: HeaderList, name: string, value: string | null): HeaderList {
  const same = (each: string): boolean => each.toLowerCase() === name.toLowerCase();
  const index = headers.findIndex(([each]) => same(each));
  const others = headers.filter(([each]) => !same(each));
  if (value === null) return others;
  return index === -1 ? [...headers, [name, value]] : others.toSpliced(index, 0, [name, value]);
}

const DOT_SEGMENT = /(?:^|[/\\])(?:\.|%2e){1,2}(?:[/\\?#]|$)/i;

/** A path with its values. A value may not be a dot segment: it would lead to another resource. @throws RefusedRequest */
export function pathText(path: Template, scope: Scope): string {
  const encode = (value: string): string => scope.encode(checkedText("path", value, path.at));
  const text = evaluateText(path, scope, encode);
  const literal = path.parts.filter((part) => typeof part === "string").join("x");
  if (!DOT_SEGMENT.test(text) || DOT_SEGMENT.test(literal)) return text;
  throw new RefusedRequest(
    "ERR_DOT_SEGMENT",
    `a value makes the path ${text} lead elsewhere; nothing was sent`,
    path.at,
  );
}

/**
 * Fills a request's templates in.
 * @throws MissingValue where a capture found nothing, RefusedRequest where the result may not be sent.
 */
export function materialise(request: RequestTemplate, scope: Scope): MaterialRequest {
  const path = pathText(request.path, scope);
  const body = request.body === null ? null : bodyBytes(request.body, scope);
  const lines: (readonly [name: string, value: string])[] = [];
  if (request.body !== null && body !== null) lines.push(["content-type", contentType(request.body, body)]);
  const key = request.idempotencyKey === null ? null : keyHeader(request.idempotencyKey, scope);
  if (key !== null) lines.push(key);
  if (request.ifMatch !== null) lines.push(["if-match", headerText("If-Match", request.ifMatch, scope)]);
  for (const [name, value] of request.headers) lines.push([name, headerText(name, value, scope)]);
  const start: HeaderList = [["user-agent", scope.userAgent], ...DEFAULT_HEADERS];
  return {
    method: request.method,
    url: resolveUrl(scope, path, request.path.at),
    headers: lines.reduce((headers, [name, value]) => withHeader(headers, name, value), start),
    body,
    ...(key === null ? {} : { keyHeader: key[0] }),
  };
}
