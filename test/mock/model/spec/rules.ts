import type { ConcurrencyPolicy } from "../../../../src/policy/concurrency-policy.js";
import type { IdempotencyPolicy, WriteMethod } from "../../../../src/policy/idempotency-policy.js";
import type { Dimensions } from "../../../../src/policy/policy.js";

/** What differs on one route: some fields of a second policy. */
export interface Override {
  readonly method: WriteMethod;
  readonly idempotency: Partial<IdempotencyPolicy>;
  readonly concurrency: Partial<ConcurrencyPolicy>;
}

/** A policy as the specification sees it. `wordy` and `override` decide how it is written down for the mock. */
export interface ModelPolicy
  extends Pick<
    Dimensions,
    | "order"
    | "idempotency"
    | "concurrency"
    | "locks"
    | "terminal"
    | "permissions"
    | "success"
    | "latency"
    | "rateLimit"
    | "errors"
    | "faults"
    | "unique"
    | "references"
  > {
  readonly override: Override | null;
  /** Maps where bare words would do. */
  readonly wordy: boolean;
}

/** Rules for one request: the first route that fits, merged over the base. */
export type Rules = Omit<ModelPolicy, "override" | "wordy">;

/** The generic collection. */
export const THINGS = "/api/v2/mock/things";
/** One of it, as a policy writes it. */
export const THING_ROUTE = `${THINGS}/{id}`;
/** An effect that is counted, as a policy writes it. */
export const EXECUTE_ROUTE = "/api/v2/integrations/actions/{actionId}/execute";

/** An execution has nothing that could be outdated. */
const UNVERSIONED = { validator: { kind: "none" }, readFrom: [] } as const;

/** The path's kind: one of the collection, the collection itself, an action's execution, or anything else. */
export function kindOfPath(path: string): "thing" | "things" | "action" | "other" {
  if (path === THINGS) return "things";
  if (path.startsWith(`${THINGS}/`)) return "thing";
  return path.endsWith("/execute") ? "action" : "other";
}

function overrideFor(policy: ModelPolicy, method: string, path: string): Override | null {
  const { override } = policy;
  return kindOfPath(path) === "thing" && override?.method === method ? override : null;
}

/** What holds for a request; `method` in upper case, `path` without its query. */
export function rulesFor(policy: ModelPolicy, method: string, path: string): Rules {
  const kind = kindOfPath(path);
  if (kind === "action") return { ...policy, concurrency: { ...policy.concurrency, ...UNVERSIONED } };
  if (kind === "things" && method === "POST")
    return { ...policy, success: { ...policy.success, status: 201 } };
  const over = overrideFor(policy, method, path);
  const success = kind === "thing" && method === "DELETE" ? DELETED : policy.success;
  return {
    ...policy,
    success,
    idempotency: { ...policy.idempotency, ...over?.idempotency },
    concurrency: { ...policy.concurrency, ...over?.concurrency },
  };
}

const DELETED = { status: 204, body: "empty" } as const;
