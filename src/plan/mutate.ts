import { applyPatch, type Operation } from "rfc6902";
import type { SourcePosition } from "../core/errors.js";
import { survivesJsonParse, tryParseJson } from "../core/json.js";
import type { Mutation, RequestChange } from "../scenario/scenario.js";
import { evaluateJson } from "./evaluate-template.js";
import { headerText, keyHeader, keyHeaderOf, pathText, withHeader } from "./materialise.js";
import { type MaterialRequest, RefusedRequest, type Scope } from "./plan.js";
import { reserialize } from "./reserialize.js";
import { resolveUrl } from "./resolve-url.js";

function bodyText(request: MaterialRequest): string {
  return request.body === null ? "" : Buffer.from(request.body).toString("utf8");
}

function refuse(message: string, at: SourcePosition): RefusedRequest {
  return new RefusedRequest("ERR_MUTATION", `${message}; nothing was sent`, at);
}

/** Patches in JavaScript values, so only bodies that these can hold exactly may be patched. */
function patchBody(text: string, operations: readonly Operation[], at: SourcePosition): string {
  const node = tryParseJson(text);
  if (node === null) throw refuse("the body to patch is not JSON", at);
  if (!survivesJsonParse(text)) {
    throw refuse(
      "a patch would change a number or the member order of this body; write the whole body with text:",
      at,
    );
  }
  const holder = { body: JSON.parse(text) as unknown };
  const moved = operations.map((operation) => ({
    ...operation,
    path: `/body${operation.path}`,
    ...("from" in operation ? { from: `/body${operation.from}` } : {}),
  })) as Operation[];
  const failed = applyPatch(holder, moved).find((error) => error !== null);
  if (failed !== undefined && failed !== null)
    throw refuse(`the patch does not fit the body: ${failed.message}`, at);
  return JSON.stringify(holder.body);
}

/** A request has one key: a new one takes the old one's place, in its header or in another one. */
function setKey(
  request: MaterialRequest,
  key: RequestChange["idempotencyKey"],
  scope: Scope,
): MaterialRequest {
  if (key === undefined) return request;
  const before = keyHeaderOf(request);
  if (key === null) {
    const { keyHeader: _, ...rest } = request;
    const kept = request.headers.filter(([name]) => name !== before && !/idempoten/i.test(name));
    return { ...rest, headers: kept };
  }
  const [name, value] = keyHeader(key, scope, before);
  const moves = before !== null && before.toLowerCase() !== name.toLowerCase();
  const others = moves ? withHeader(request.headers, before, null) : request.headers;
  return { ...request, headers: withHeader(others, name, value), keyHeader: name };
}

function setParts(request: MaterialRequest, change: RequestChange, scope: Scope): MaterialRequest {
  const keyed = setKey(request, change.idempotencyKey, scope);
  let { headers } = keyed;
  if (change.ifMatch !== undefined) {
    headers = withHeader(
      headers,
      "if-match",
      change.ifMatch === null ? null : headerText("If-Match", change.ifMatch, scope),
    );
  }
  for (const [name, value] of change.headers) {
    headers = withHeader(headers, name, value === null ? null : headerText(name, value, scope));
  }
  const url =
    change.path === undefined ? request.url : resolveUrl(scope, pathText(change.path, scope), change.path.at);
  return { ...keyed, method: change.method ?? request.method, url, headers };
}

function mutateOnce(request: MaterialRequest, mutation: Mutation, scope: Scope): MaterialRequest {
  switch (mutation.kind) {
    case "set":
      return setParts(request, mutation.set, scope);
    case "patch": {
      const operations = JSON.parse(evaluateJson(mutation.operations, scope)) as Operation[];
      return { ...request, body: Buffer.from(patchBody(bodyText(request), operations, mutation.at)) };
    }
    case "reserialize": {
      const before = bodyText(request);
      const node = tryParseJson(before);
      if (node === null) throw refuse("the body to write in other bytes is not JSON", mutation.at);
      const text = reserialize(node, mutation.form);
      if (text === before)
        throw refuse(`reserialize: ${mutation.form} would not change a byte of this body`, mutation.at);
      return { ...request, body: Buffer.from(text) };
    }
  }
}

/**
 * Changes a request that was made before, in the order of the mutations. Pure but for the scope.
 * @throws RefusedRequest where a change does not fit the request.
 */
export function mutate(
  request: MaterialRequest,
  mutations: readonly Mutation[],
  scope: Scope,
): MaterialRequest {
  return mutations.reduce((current, mutation) => mutateOnce(current, mutation, scope), request);
}
