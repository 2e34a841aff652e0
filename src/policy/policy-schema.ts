import * as z from "zod/mini";
import { oneOf } from "../document/describe-value.js";
import { duration, expecting } from "../document/shapes.js";
import { concurrencySchema } from "./concurrency-schema.js";
import { idempotencySchema } from "./idempotency-schema.js";
import type { FaultKind, OrderWord } from "./policy.js";
import type { PolicyFile } from "./policy-file.js";
import { PRESET_NAMES } from "./preset-names.js";
import { field, name, routeText, status, word } from "./schema-words.js";

/** The rules that may answer first, in their usual order. */
export const ORDER_WORDS: readonly OrderWord[] = [
  "auth",
  "rateLimit",
  "key",
  "validation",
  "precondition",
  "lock",
];

/** Every fault that a policy can name. */
const FAULT_KINDS: readonly FaultKind[] = [
  "drop-response",
  "reset-before",
  "reset-after",
  "delay",
  "5xx-before",
  "5xx-after",
  "429",
  "truncate",
  "wrong-length",
  "bad-gzip",
  "garbage",
  "slow-drip",
  "duplicate-delivery",
  "expire-token",
  "spurious-conflict",
];

/** A fault by its kind; YAML reads one of them, 429, as a number. */
export const faultKind: z.ZodMiniType<FaultKind | 429> = expecting(
  oneOf(FAULT_KINDS),
  z.union([z.enum(FAULT_KINDS as readonly [FaultKind, ...FaultKind[]]), z.literal(429)]),
);

const churn = z.strictObject({
  every: duration,
  jitter: z.exactOptional(duration),
  on: z.exactOptional(z.literal("conversations")),
});

const locks = z.strictObject({
  states: z.array(name).check(z.minLength(1)),
  status: z.exactOptional(status),
  code: z.exactOptional(name),
  for: z.exactOptional(z.union([duration, z.literal("until-state-changes")])),
});

const terminal = z.strictObject({
  states: z.array(name).check(z.minLength(1)),
  status: z.exactOptional(status),
});

const unique = z.strictObject({ on: name, status: z.exactOptional(status), code: z.exactOptional(name) });

const reference = z.strictObject({ on: name, status: z.exactOptional(status) });

const success = z.strictObject({
  status: field("Status of a write that succeeded.", status),
  body: field("What that answer carries.", word(["representation", "empty"])),
});

const rateLimit = z.strictObject({
  perMinute: z.int().check(z.minimum(1)),
  retryAfter: z.exactOptional(z.boolean()),
});

const front = z.union([
  z.strictObject({ kind: z.literal("cache"), by: z.exactOptional(z.literal("key")) }),
  z.strictObject({
    kind: z.literal("rewrite"),
    what: word(["reserialise", "drop-header", "add-field"]),
    name: z.exactOptional(name),
  }),
]);

const fault = z.strictObject({
  on: field(
    "The requests that it hits: all that is given must fit.",
    z.strictObject({
      route: z.exactOptional(routeText),
      step: z.exactOptional(name),
      nth: z.exactOptional(z.int().check(z.minimum(1))),
    }),
  ),
  kind: faultKind,
  probability: z.exactOptional(z.number().check(z.minimum(0), z.maximum(1))),
  for: z.exactOptional(duration),
  status: z.exactOptional(status),
});

const LAYER = {
  order: field("Which rule answers first: all six words.", z.array(word(ORDER_WORDS))),
  idempotency: field("What the server promises about keys.", idempotencySchema),
  concurrency: field("What the server promises about versions.", concurrencySchema),
  churn: field("The platform's own writes, which move tokens; null for none.", z.nullable(churn)),
  locks: field("States in which writes are refused for a while; null for none.", z.nullable(locks)),
  terminal: field("States in which writes are refused for ever; null for none.", z.nullable(terminal)),
  unique: field("Values that no two resources may share.", z.array(unique)),
  references: field("What cannot be deleted while something refers to it.", z.array(reference)),
  permissions: field(
    "The refusal where a scope is missing.",
    z.strictObject({ missingScope: z.union([z.literal(403), z.literal(409)]) }),
  ),
  success: field("What the answer to a successful write looks like.", success),
  latency: field(
    "How long an answer takes.",
    z.strictObject({ base: z.exactOptional(duration), jitter: z.exactOptional(duration) }),
  ),
  rateLimit: field("Requests a minute for each token; null for no limit.", z.nullable(rateLimit)),
  errors: field(
    "How error bodies are written.",
    word(["genesys", "problem+json", "stripe", "generic", "graphql", "opaque"]),
  ),
  front: field("A middleware of the user's own in front; null for none.", z.nullable(front)),
  faults: field("What goes wrong on purpose.", z.array(fault)),
};

const REMARKS = {
  description: field("One sentence for people.", z.string()),
  source: field("Who says so.", z.string()),
  unknown: field(
    "What nobody has established: dimension with dots, and what is open.",
    z.record(name, z.string()),
  ),
};

/** A policy file, or a policy inside a scenario. */
export const policySchema: z.ZodMiniType<PolicyFile> = z.strictObject({
  extends: field(
    "A preset whose values hold where this policy says nothing.",
    word([...PRESET_NAMES, "none"]),
  ),
  ...REMARKS,
  paths: field("Which paths the server has.", word(["documented", "forum-lore"])),
  ...LAYER,
  routes: field(
    "What differs by route: the first that fits is merged over the rest.",
    z.array(z.strictObject({ match: routeText, ...REMARKS, ...LAYER })),
  ),
});
