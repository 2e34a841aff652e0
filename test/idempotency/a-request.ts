import type { Beginning, Ending, KeyRequest } from "../../src/idempotency/idempotency.js";
import type { IdempotencyPolicy } from "../../src/policy/idempotency-policy.js";
import { presetPolicy } from "../../src/policy/presets.js";
import { parsePolicy } from "../../src/policy/read-policy.js";

/** A policy that honours keys, with changes written as in a policy file. */
export function honouring(yaml = "{}"): IdempotencyPolicy {
  return parsePolicy(`extends: forum-lore\nidempotency: ${yaml}`).idempotency;
}

export const FORUM_LORE: IdempotencyPolicy = presetPolicy("forum-lore").idempotency;

interface Parts {
  readonly method?: string;
  readonly path?: string;
  readonly query?: string;
  readonly key?: string | null;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  readonly account?: string;
  readonly principal?: string;
}

/** `PATCH /a` with key k1 and a small JSON body, but for what is given. */
export function aRequest(parts: Parts = {}): KeyRequest {
  const { key = "k1", body = '{"tier":"gold"}', headers = {}, ...rest } = parts;
  const all: Readonly<Record<string, string>> =
    key === null ? headers : { "idempotency-key": key, ...headers };
  return {
    method: "PATCH",
    path: "/a",
    query: "",
    account: "acme",
    principal: "crm",
    ...rest,
    header: (name) => all[name] ?? null,
    body: typeof body === "string" ? new TextEncoder().encode(body) : body,
  };
}

/** The end of a request that succeeded, but for what is given. */
export function anEnding(
  parts: Partial<Ending> & { readonly status?: number; readonly resource?: string } = {},
): Ending {
  const { status = 200, resource = null, ...rest } = parts;
  const answer = { status, headers: [], body: '{"id":"1"}', correlationId: "c-1", resource };
  return { outcome: "2xx", delivered: true, effect: true, answer, ...rest };
}

/** Narrows what the memory engine answered: always at once. */
export function atOnce<T>(value: T | Promise<T>): T {
  if (value instanceof Promise) throw new Error("expected an answer at once, found a promise");
  return value;
}

/** The claim of a request that executes. */
export function claimOf(beginning: Beginning): Extract<Beginning, { kind: "execute" }>["claim"] {
  if (beginning.kind !== "execute") throw new Error(`expected execute, found ${beginning.kind}`);
  return beginning.claim;
}
