import { type JsonNode, tryParseJson, writeJson } from "../core/json.js";
import { isSecretHeader } from "../core/redact.js";
import type { Exchange } from "../journal/journal.js";
import type { ExperimentStep } from "./diagnose.js";
import { openReader, type Seen, see } from "./seen.js";
import { withoutTokens } from "./tokens.js";

/** Headers that the client or the transport adds by itself, or that an experiment chooses anew. */
const NOT_REPEATED =
  /^(?:host|connection|content-length|accept-encoding|user-agent|transfer-encoding|if-match|:.*)$/;

function headersOf(seen: Seen): Readonly<Record<string, string>> {
  const kept = seen.exchange.request.headers.filter(
    ([name, value]) =>
      !NOT_REPEATED.test(name.toLowerCase()) &&
      !isSecretHeader(name) &&
      value !== seen.key &&
      !value.includes("<secret"),
  );
  return Object.fromEntries(kept);
}

/** The body of a request as a step writes it; empty where there is none, or not as text. Pure. */
export function bodyOf({ exchange }: Seen): Pick<ExperimentStep, "json" | "text"> {
  const { body, bodyEncoding } = exchange.request;
  if (body === "" || bodyEncoding !== "utf8") return {};
  const json = tryParseJson(body);
  // "Again unchanged" means the same bytes: only compact JSON in source order is written as such.
  return json === null || writeJson(json) !== body ? { text: body } : { json };
}

/** A key that nobody has used. */
export const FRESH_KEY = "$(uuid())";
const KEY_HEADER = "idempotency-key";

/** The header that carries the key, where it is not the usual one. */
function ownKeyHeader({ exchange, key }: Seen): string | null {
  const [name] = exchange.request.headers.find(([, value]) => value === key) ?? [];
  return name === undefined || name.toLowerCase() === KEY_HEADER ? null : name;
}

/** A key that nobody has used, in the form of another one: servers that want quotes take none without. */
function freshLike(key: string | null): string {
  return key?.startsWith('"') === true ? `"${FRESH_KEY}"` : FRESH_KEY;
}

/**
 * Where a key is that is in no header: the name of a parameter of the query, or of a member of the body, with what is put
 * there instead. Pure.
 */
export function hiddenKey(
  refused: Seen,
  value: string = freshLike(refused.key),
): Pick<ExperimentStep, "queryFrom" | "jsonFrom"> | null {
  const { exchange, key, query } = refused;
  if (key === null || exchange.request.headers.some(([, value]) => value === key)) return null;
  for (const [name, sent] of new URLSearchParams(query))
    if (sent === key) return { queryFrom: { [name]: value } };
  const { json } = bodyOf(refused);
  const member = json === undefined ? null : memberWith(json, key);
  return member === null ? null : { jsonFrom: { [member]: value } };
}

/** The member of a JSON body that has this text, at the top or below it: `requestId`, `variables/key`. */
function memberWith(json: JsonNode, text: string, within: string = ""): string | null {
  if (json.kind !== "object") return null;
  const own = json.members.find(([, node]) => node.kind === "string" && node.value === text);
  if (own !== undefined) return within + own[0];
  for (const [name, node] of json.members) {
    const below = memberWith(node, text, `${within}${name}/`);
    if (below !== null) return below;
  }
  return null;
}

/** A key in the place and the form in which the client sends its own. Pure. */
export function keyMembers(refused: Seen, fresh: boolean): Partial<ExperimentStep> {
  const { key } = refused;
  const hidden = hiddenKey(refused);
  if (hidden !== null) return fresh ? hidden : {};
  if (key === null && !fresh) return {};
  const value = fresh ? freshLike(key) : (key ?? "");
  const name = key === null ? null : ownKeyHeader(refused);
  if (name === null) return { idempotencyKey: value };
  return { headers: { ...headersOf(refused), [name]: value } };
}

/** The step that sends a request once more, but for what is changed. Pure. */
export function again(refused: Seen, change: Partial<ExperimentStep>): ExperimentStep {
  const { ifMatch } = refused.exchange;
  return {
    id: "again",
    request: `${refused.method} ${refused.path}${refused.query}`,
    headers: headersOf(refused),
    ...keyMembers(refused, false),
    ...(ifMatch === null ? {} : { ifMatch }),
    ...bodyOf(refused),
    ...change,
  };
}

/** The step that sends a request once more with a fresh key, in the place and form of another request's. Pure. */
export function withKeyLike(refused: Seen, model: Seen): ExperimentStep {
  const hidden = hiddenKey(model);
  const step = again(refused, {});
  if (hidden?.queryFrom !== undefined) {
    const [name = ""] = Object.keys(hidden.queryFrom);
    const request = `${step.request}${step.request.includes("?") ? "&" : "?"}${name}=`;
    return { ...step, request, queryFrom: hidden.queryFrom };
  }
  if (hidden?.jsonFrom !== undefined && step.json?.kind === "object") {
    const [name = ""] = Object.keys(hidden.jsonFrom);
    const members = [...step.json.members, [name, { kind: "string", value: "" }] as const];
    return { ...step, json: { ...step.json, members }, jsonFrom: hidden.jsonFrom };
  }
  const value = freshLike(model.key);
  const own = hidden === null ? ownKeyHeader(model) : null;
  return own === null
    ? { ...step, idempotencyKey: value }
    : { ...step, headers: { ...headersOf(refused), [own]: value } };
}

function splitName(name: string): readonly [outer: string, inner: string | null] {
  const at = name.indexOf("/");
  return at === -1 ? [name, null] : [name.slice(0, at), name.slice(at + 1)];
}

/** An object with one more member, empty until something is put there: `version`, `metadata/resourceVersion`. Pure. */
export function withMemberAt(json: JsonNode, name: string): JsonNode {
  if (json.kind !== "object") return json;
  const [outer, inner] = splitName(name);
  const there = json.members.find(([each]) => each === outer)?.[1];
  if (inner === null || there?.kind !== "object") {
    const empty: JsonNode = { kind: "string", value: "" };
    const added = inner === null ? empty : withMemberAt({ kind: "object", members: [] }, inner);
    return { ...json, members: [...json.members, [outer, added] as const] };
  }
  const members = json.members.map(([each, value]) =>
    each === outer ? ([each, withMemberAt(value, inner)] as const) : ([each, value] as const),
  );
  return { ...json, members };
}

function withoutMember(json: JsonNode, name: string): JsonNode {
  if (json.kind !== "object") return json;
  const [outer, inner] = splitName(name);
  if (inner === null) return { ...json, members: json.members.filter(([each]) => each !== outer) };
  const members = json.members.map(([each, value]) =>
    each === outer ? ([each, withoutMember(value, inner)] as const) : ([each, value] as const),
  );
  return { ...json, members };
}

/** Takes parameters and members out of a step, whichever of both they are. */
function withoutNames(step: ExperimentStep, names: ReadonlySet<string>): ExperimentStep {
  const [target = "", query = ""] = step.request.split("?");
  const parts = query.split("&").filter((part) => part !== "" && !names.has(part.split("=")[0] ?? ""));
  const request = parts.length === 0 ? target : `${target}?${parts.join("&")}`;
  if (step.json === undefined) return { ...step, request };
  return { ...step, request, json: [...names].reduce(withoutMember, step.json) };
}

/** The step that sends a request once more without its key, wherever that is. Pure. */
export function withoutKey(refused: Seen, id: string = "again"): ExperimentStep {
  const { idempotencyKey: _key, ...step } = again(refused, { id, headers: headersOf(refused) });
  const hidden = hiddenKey(refused);
  if (hidden === null) return step;
  return withoutNames(
    step,
    new Set([...Object.keys(hidden.queryFrom ?? {}), ...Object.keys(hidden.jsonFrom ?? {})]),
  );
}

/** The step that sends a request once more without the token that it carries, wherever that is. Pure. */
export function withoutToken(refused: Seen): ExperimentStep {
  const { method, path, query, sent } = refused;
  const { ifMatch: _token, ...step } = again(refused, {});
  const names = sent.flatMap(({ carrier, name }) => (carrier === "body" ? [name] : []));
  const request = `${method} ${path}${withoutTokens(query, sent)}`;
  if (step.json === undefined) return { ...step, request };
  return { ...step, request, json: names.reduce(withoutMember, step.json) };
}

/** Another key in the place of the one that was sent. Pure. */
export function keyInPlace(refused: Seen, value: string): Partial<ExperimentStep> {
  const hidden = hiddenKey(refused, value);
  if (hidden !== null) return hidden;
  const own = refused.key === null ? null : ownKeyHeader(refused);
  return own === null ? { idempotencyKey: value } : { headers: { ...headersOf(refused), [own]: value } };
}

/** The step that sends an exchange's request once more, as it was. Pure. */
export function repeatStep(exchange: Exchange, id: string): ExperimentStep {
  return again(see(exchange, 0, openReader()), { id });
}
