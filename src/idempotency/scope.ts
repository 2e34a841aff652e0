import type { ScopePart } from "../policy/idempotency-policy.js";
import type { KeyRequest } from "./idempotency.js";

const ALL_PARTS: readonly ScopePart[] = ["account", "principal", "method", "path", "query"];

const KEY_MARK = "key=";

/** The identity of a key in its two halves. */
export interface SplitId {
  readonly id: string;
  /** What stands before the key: many ids have it in common. */
  readonly scope: string;
  readonly key: string;
}

/** A scope that was spelled before: the next request to the same path mostly has the same one. */
interface Spelled extends Pick<KeyRequest, ScopePart> {
  readonly scope: readonly ScopePart[];
  readonly text: string;
}

/** By path. Both memories only save time: nothing is answered otherwise than without them. */
const spelled = new Map<string, Spelled>();
const MOST_SPELLED = 512;
let latest: SplitId = { id: "", scope: "", key: "" };

function spell(scope: readonly ScopePart[], request: KeyRequest): string {
  let text = "";
  for (const part of ALL_PARTS) {
    if (!scope.includes(part)) continue;
    const value = request[part];
    text += `${part}=${value.length}:${value};`;
  }
  return text + KEY_MARK;
}

/** Member by member: a loop over their names would look each up anew. */
function isSpelledFor(known: Spelled, scope: readonly ScopePart[], request: KeyRequest): boolean {
  return (
    known.scope === scope &&
    known.account === request.account &&
    known.principal === request.principal &&
    known.method === request.method &&
    known.query === request.query
  );
}

function scopeText(scope: readonly ScopePart[], request: KeyRequest): string {
  const { account, principal, method, path, query } = request;
  const known = spelled.get(path);
  if (known !== undefined && isSpelledFor(known, scope, request)) return known.text;
  if (spelled.size >= MOST_SPELLED) spelled.clear();
  const text = spell(scope, request);
  spelled.set(path, { scope, account, principal, method, path, query, text });
  return text;
}

/**
 * The identity of a key: what must be equal for two keys to be the same key. Each part is written with its name and its
 * length, so that no value can pass for two others, and the keys of routes with different scopes never meet. Pure.
 */
export function scopeKey(scope: readonly ScopePart[], request: KeyRequest, key: string): string {
  const text = scopeText(scope, request);
  const id = text + key;
  latest = { id, scope: text, key };
  return id;
}

const PART = /[a-z]+=(\d+):/y;

/** Where the parts of a scope end and the key begins; 0 in an id that {@link scopeKey} did not make. */
function keyStart(id: string): number {
  let at = 0;
  while (!id.startsWith(KEY_MARK, at)) {
    PART.lastIndex = at;
    const length = PART.exec(id)?.[1];
    if (length === undefined) return 0;
    at = PART.lastIndex + Number(length) + 1;
  }
  return at + KEY_MARK.length;
}

/** Takes an identity apart again. Of any other text, all is key. Pure. */
export function splitId(id: string): SplitId {
  if (latest.id === id) return latest;
  const start = keyStart(id);
  latest = { id, scope: id.slice(0, start), key: id.slice(start) };
  return latest;
}
