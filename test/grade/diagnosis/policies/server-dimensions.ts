import type { OrderWord } from "../../../../src/policy/policy.js";
import { type Dimension, ofServer } from "./dimension.js";

const USUAL: readonly OrderWord[] = ["auth", "rateLimit", "key", "validation", "precondition", "lock"];

const LOCKS = { states: ["dialing", "alerting"], status: 409, code: "locked", forMs: 3_000 } as const;
const TERMINAL = { states: ["disconnected", "terminated"], status: 409 } as const;

/** What a middleware puts into bodies. */
export const ADDED_MEMBER = "traceId";

const UNIQUE = ["users.email", "groups.name", "things.name"] as const;

/** What a server promises besides keys and versions. How refusals are told, and faults, are drawn apart. */
export const SERVER_DIMENSIONS: readonly Dimension[] = [
  ofServer("order", [
    USUAL,
    ["auth", "rateLimit", "validation", "key", "precondition", "lock"],
    ["auth", "rateLimit", "precondition", "lock", "key", "validation"],
    ["rateLimit", "auth", "key", "lock", "precondition", "validation"],
    ["auth", "rateLimit", "key", "lock", "validation", "precondition"],
  ]),
  ofServer("churn", [
    null,
    { everyMs: 400, jitterMs: 100, on: "conversations" },
    { everyMs: 5_000, jitterMs: 1_000, on: "conversations" },
  ]),
  ofServer("locks", [null, LOCKS, { ...LOCKS, status: 423 }, { ...LOCKS, forMs: null }]),
  ofServer("terminal", [null, TERMINAL, { ...TERMINAL, status: 400 }]),
  ofServer("unique", [
    [],
    UNIQUE.map((on) => ({ on, status: 409, code: "general.conflict" })),
    UNIQUE.map((on) => ({ on, status: 412, code: "taken" })),
  ]),
  ofServer("references", [
    [],
    [
      { on: "groups", status: 409 },
      { on: "things", status: 409 },
    ],
    [
      { on: "groups", status: 400 },
      { on: "things", status: 422 },
    ],
  ]),
  ofServer("permissions", [{ missingScope: 403 }, { missingScope: 409 }]),
  ofServer("success", [
    { status: 200, body: "representation" },
    { status: 202, body: "empty" },
    { status: 200, body: "empty" },
  ]),
  ofServer("latency", [
    { baseMs: 0, jitterMs: 0 },
    { baseMs: 40, jitterMs: 20 },
  ]),
  ofServer("rateLimit", [null, { perMinute: 5, retryAfter: true }, { perMinute: 8, retryAfter: false }]),
  ofServer("front", [
    null,
    { kind: "cache", by: "key" },
    { kind: "rewrite", what: "reserialise" },
    { kind: "rewrite", what: "add-field", name: ADDED_MEMBER },
    { kind: "rewrite", what: "drop-header", name: "If-Match" },
    { kind: "rewrite", what: "drop-header", name: "Idempotency-Key" },
  ]),
];

/** How refusals are told. */
export const ERRORS: Dimension = ofServer("errors", [
  "opaque",
  "genesys",
  "problem+json",
  "stripe",
  "generic",
  "graphql",
]);
