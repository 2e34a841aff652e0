import { NO_POLICY } from "../../../../src/policy/lay-over.js";
import type { FaultRule, Policy, RouteRule } from "../../../../src/policy/policy.js";
import { PRESET_NAMES } from "../../../../src/policy/preset-names.js";
import { presetFor } from "../../../../src/policy/presets.js";
import type { Draw } from "../draw.js";
import { type Dimension, withKeys } from "./dimension.js";
import { KEY_DIMENSIONS } from "./key-dimensions.js";
import { ERRORS, SERVER_DIMENSIONS } from "./server-dimensions.js";
import { VERSION_DIMENSIONS } from "./version-dimensions.js";

const THINGS = "/api/v2/mock/things";

function rule(method: string, path: string, overrides: RouteRule["overrides"]): RouteRule {
  return {
    match: { method, path },
    description: null,
    source: null,
    sources: {},
    overrides,
    unknown: [],
  };
}

/** What creating and deleting answer on most servers. */
const ROUTES: readonly RouteRule[] = [
  rule("POST", THINGS, { success: { status: 201 } }),
  rule("DELETE", `${THINGS}/{id}`, { success: { status: 204, body: "empty" } }),
];

/** How often a dimension has its usual value: were all of them drawn evenly, few requests would get anywhere. */
const USUAL_SHARE = 0.7;
/** Dimensions without which nearly nothing works are seldom drawn otherwise. */
const SELDOM: ReadonlySet<string> = new Set([
  "idempotency.carrier",
  "idempotency.claim",
  "concurrency.check",
  "concurrency.stale.outcome",
  "concurrency.absent.PUT",
  "concurrency.absent.PATCH",
  "concurrency.absent.DELETE",
  "rateLimit",
  "front",
  "churn",
]);
const SELDOM_SHARE = 0.93;

const OPAQUE_SHARE = 0.55;

/** All dimensions that are drawn evenly but for their usual value. */
const DIMENSIONS: readonly Dimension[] = [...KEY_DIMENSIONS, ...VERSION_DIMENSIONS, ...SERVER_DIMENSIONS];

/** A refusal that is told in a 200 is kept under its key like a success by some servers: no grade is about that. */
function withoutToldInSuccess(policy: Policy): Policy {
  const isKept = policy.errors === "graphql" && policy.idempotency.support !== "ignored";
  return isKept ? { ...policy, errors: "generic" } : policy;
}

function drawErrors(draw: Draw, policy: Policy): Policy {
  const [opaque, ...speaking] = ERRORS.values;
  const [first, ...others] = speaking;
  if (first === undefined || draw.chance(OPAQUE_SHARE)) return opaque(policy);
  return draw.oneOf([first, ...others])(policy);
}

/** Any policy; more than half of them tell nothing in their refusals. */
export function randomPolicy(draw: Draw): Policy {
  let policy: Policy = { ...NO_POLICY, name: "drawn", routes: ROUTES };
  for (const { name, values } of DIMENSIONS) {
    policy = draw.mostly(values, SELDOM.has(name) ? SELDOM_SHARE : USUAL_SHARE)(policy);
  }
  return withoutToldInSuccess(drawErrors(draw, policy));
}

/** The other faults that a client could take for the one that there is. */
const LOOK_ALIKES: Readonly<Partial<Record<FaultRule["kind"], readonly FaultRule["kind"][]>>> = {
  "drop-response": ["reset-before", "reset-after"],
  "reset-before": ["reset-after", "drop-response"],
  "reset-after": ["reset-before", "drop-response"],
  truncate: ["reset-before"],
  garbage: ["reset-before"],
  "bad-gzip": ["reset-before"],
  "5xx-before": ["5xx-after"],
  "5xx-after": ["5xx-before"],
};

function otherFaults({ faults }: Policy): readonly (readonly FaultRule[])[] {
  if (faults.length === 0) return [];
  const swapped = faults.flatMap((fault, at) =>
    (LOOK_ALIKES[fault.kind] ?? []).map((kind) =>
      faults.map((each, index) => (index === at ? { ...each, kind } : each)),
    ),
  );
  return [[], ...swapped];
}

/** All that a policy says of keys, as one dimension: an effect under a known key has a stored answer beside it. */
const ALL_OF_KEYS = "idempotency";

/** The same server, were it to take every key and to return what it stored, unmarked. */
function asReplaying(policy: Policy): Policy {
  const { mismatch, outcomes, replay } = policy.idempotency;
  return withKeys(policy, {
    support: "honoured",
    methods: ["POST", "PUT", "PATCH", "DELETE"],
    replay: { ...replay, status: "original", marker: null, correlationId: "new" },
    scope: [],
    ttlMs: null,
    mismatch: { ...mismatch, outcome: "replay-first" },
    outcomes: { ...outcomes, "2xx": "replay" },
  });
}

/** A policy beside another one, and in what it differs. */
export interface Neighbour {
  readonly differsIn: string;
  readonly policy: Policy;
}

/** True where a change left a policy as it was. Only parts that are other objects can differ. */
function isSame(one: Policy, other: Policy): boolean {
  return (Object.keys(one) as (keyof Policy)[]).every(
    (name) => one[name] === other[name] || JSON.stringify(one[name]) === JSON.stringify(other[name]),
  );
}

/** A validator is drawn together with where it is read. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  "concurrency.validator": ["concurrency.validator", "concurrency.readFrom"],
};

/** True where a run looks at a dimension, at a part of it, or at all that it is in. */
function counts(name: string, looked: ReadonlySet<string>): boolean {
  const names = TOGETHER[name] ?? [name];
  return [...looked].some((at) =>
    names.some((each) => at === each || at.startsWith(`${each}.`) || each.startsWith(`${at}.`)),
  );
}

/**
 * Every policy that differs from this one in one dimension, the way of telling refusals aside, and each preset, which
 * keeps this policy's way of telling and its faults. Dimensions that nobody looked at are left out. Pure.
 */
export function neighboursOf(policy: Policy, looked: ReadonlySet<string>): readonly Neighbour[] {
  const alone = DIMENSIONS.filter(({ name }) => counts(name, looked)).flatMap(({ name, values }) =>
    values
      .map((change) => ({ differsIn: name, policy: change(policy) }))
      .filter((each) => !isSame(each.policy, policy)),
  );
  const faults = otherFaults(policy).map((each) => ({
    differsIn: "faults",
    policy: { ...policy, faults: each },
  }));
  const { errors } = policy;
  const presets = PRESET_NAMES.map((name) => ({
    differsIn: `preset ${name}`,
    policy: { ...presetFor(name), errors, faults: policy.faults },
  }));
  return [...alone, ...faults, ...presets];
}

/** The counterpart of an effect under a known key: the server that stores answers. Nothing where no key is looked at. Pure. */
export function storingNeighbour(policy: Policy, looked: ReadonlySet<string>): readonly Neighbour[] {
  return counts(ALL_OF_KEYS, looked) ? [{ differsIn: ALL_OF_KEYS, policy: asReplaying(policy) }] : [];
}
