import type { ScopePart } from "../policy/idempotency-policy.js";
import type { KeyRequest } from "./idempotency.js";

const ALL_PARTS: readonly ScopePart[] = ["account", "principal", "method", "path", "query"];

/**
 * The identity of a key: what must be equal for two keys to be the same key. Each part is written with its name and its
 * length, so that no value can pass for two others, and the keys of routes with different scopes never meet. Pure.
 */
export function scopeKey(scope: readonly ScopePart[], request: KeyRequest, key: string): string {
  let id = "";
  for (const part of ALL_PARTS) {
    if (!scope.includes(part)) continue;
    const value = request[part];
    id += `${part}=${value.length}:${value};`;
  }
  return `${id}key=${key}`;
}
