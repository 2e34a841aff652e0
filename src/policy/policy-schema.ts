import * as z from "zod/mini";
import { CONVERSATION_STATES } from "../core/conversation-states.js";
import { unwrapped } from "../document/describe-shape.js";
import { oneOf } from "../document/describe-value.js";
import { described, duration, expecting, named } from "../document/shapes.js";
import { concurrencySchema } from "./concurrency-schema.js";
import { DIMENSION_NAMES, OPEN_TOPICS } from "./dimension-names.js";
import { idempotencySchema } from "./idempotency-schema.js";
import { type FaultKind, type OrderWord, REFERENCED_KINDS, UNIQUE_FIELDS } from "./policy.js";
import type { PolicyFile } from "./policy-file.js";
import { PRESET_NAMES } from "./preset-names.js";
import { errorStatus, field, name, routeText, status, successStatus, word } from "./schema-words.js";

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
export const FAULT_KINDS: readonly FaultKind[] = [
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
  every: described("How long after one write the next one comes.", duration),
  jitter: field("How much longer or shorter each wait is, at most. Default: 0ms.", duration),
  on: field("What the platform writes to.", z.literal("conversations")),
});

const states = described(
  "States of a conversation or participant.",
  z.array(z.enum(CONVERSATION_STATES)).check(z.minLength(1)),
);

const locks = z.strictObject({
  states,
  status: field("Status of the refusal. Default: 409.", status),
  code: field("Error code of the refusal. Default: locked.", name),
  for: field(
    "How long the lock holds from the moment the state began. Default: until-state-changes.",
    expecting(
      "a duration such as 3s, or until-state-changes",
      z.union([duration, z.literal("until-state-changes")]),
    ),
  ),
});

const terminal = z.strictObject({
  states,
  status: field("Status of the refusal. Default: 409.", status),
});

const unique = z.strictObject({
  on: described("The member whose value must be unique.", z.enum(UNIQUE_FIELDS)),
  status: field("Status of the refusal. Default: 409.", status),
  code: field("Error code of the refusal. Default: general.conflict.", name),
});

const reference = z.strictObject({
  on: described(
    "groups: referenced while they have members. things: while another thing's parentId names them.",
    z.enum(REFERENCED_KINDS),
  ),
  status: field("Status of the refusal. Default: 409.", status),
});

const success = z.strictObject({
  status: field("Status of a write that succeeded.", successStatus),
  body: field("What that answer carries.", word(["representation", "empty"])),
});

const rateLimit = z.strictObject({
  perMinute: described("Requests that a token may make in a minute.", z.int().check(z.minimum(1))),
  retryAfter: field("Whether the 429 carries a Retry-After. Default: true.", z.boolean()),
});

const latency = z.strictObject({
  base: field("What every answer takes.", duration),
  jitter: field("What some answers take more, at most.", duration),
});

const front = z.union([
  z.strictObject({
    kind: described("cache: answers a key that it knows without asking the server.", z.literal("cache")),
    by: field("What it knows a request by.", z.literal("key")),
  }),
  z.strictObject({
    kind: described("rewrite: changes requests on their way.", z.literal("rewrite")),
    what: described(
      "reserialise: writes the JSON anew. drop-header: takes a header out. add-field: adds a member to the body.",
      word(["reserialise", "drop-header", "add-field"]),
    ),
    name: field("The header dropped (default Idempotency-Key) or the member added (forwardedBy).", name),
  }),
]);

const fault = z.strictObject({
  on: field(
    "The requests that it hits: all that is given must fit.",
    z.strictObject({
      route: field("METHOD /path/{id}.", routeText),
      step: field("Id of a step of the scenario.", name),
      nth: field("Only the nth of these, counted from 1.", z.int().check(z.minimum(1))),
    }),
  ),
  kind: described("What goes wrong; before and after are seen from the effect of the request.", faultKind),
  probability: field("How often, from 0 to 1. Default: 1.", z.number().check(z.minimum(0), z.maximum(1))),
  for: field("Length of a delay, or pause of a slow-drip. Default: 1s.", duration),
  status: field("Status of 5xx-before and 5xx-after. Default: 503.", errorStatus),
});

/** A field that stands at the top and in every route, and that a JSON Schema defines once. */
function once<T extends z.core.$ZodType>(
  id: string,
  description: string,
  schema: T,
): z.ZodMiniExactOptional<T> {
  return z.exactOptional(named(id, described(description, schema)));
}

const LAYER = {
  order: field("Which rule answers first: all six words.", z.array(word(ORDER_WORDS))),
  idempotency: once("policy-idempotency", "What the server promises about keys.", idempotencySchema),
  concurrency: once("policy-concurrency", "What the server promises about versions.", concurrencySchema),
  churn: field("The platform's own writes, which move tokens; null for none.", z.nullable(churn)),
  locks: field("States in which writes are refused for a while; null for none.", z.nullable(locks)),
  terminal: field("States in which writes are refused for ever; null for none.", z.nullable(terminal)),
  unique: field("Values that no two resources may share.", z.array(unique)),
  references: field("What cannot be deleted while something refers to it.", z.array(reference)),
  permissions: field(
    "The refusal where a scope is missing.",
    z.strictObject({
      missingScope: described("403, or the 409 that some posts speak of.", z.literal([403, 409])),
    }),
  ),
  success: field("What the answer to a successful write looks like.", success),
  latency: field("How long an answer takes.", latency),
  rateLimit: field("Requests a minute for each token; null for no limit.", z.nullable(rateLimit)),
  errors: field(
    "How error bodies are written.",
    word(["genesys", "problem+json", "stripe", "generic", "graphql", "opaque"]),
  ),
  front: field("A middleware of the user's own in front; null for none.", z.nullable(front)),
  faults: once("policy-faults", "What goes wrong on purpose.", z.array(fault)),
};

/** The names of all fields down to the innermost maps, with dots: `idempotency.fingerprint.body`. */
function fieldPaths(fields: Readonly<Record<string, z.core.$ZodType>>, prefix = ""): readonly string[] {
  return Object.entries(fields).flatMap(([name, schema]) => {
    const { def } = unwrapped(schema)._zod;
    const inner = def.type === "object" ? fieldPaths(def.shape, `${prefix}${name}.`) : [];
    return [`${prefix}${name}`, ...inner];
  });
}

function dimensionOf<Name extends string>(names: readonly Name[]): z.ZodMiniType<Name, Name> {
  const known = z.enum(names as readonly [Name, ...Name[]]);
  return expecting("a dimension such as concurrency.stale or success", known) as z.ZodMiniType<Name, Name>;
}

const QUESTIONS = [...fieldPaths(LAYER), "paths", ...OPEN_TOPICS];

const REMARKS = {
  description: field("One sentence for people.", z.string()),
  source: field("Who says so.", z.string()),
  sources: once(
    "policy-sources",
    "Who says so of single dimensions, where that is not the source above.",
    z.partialRecord(dimensionOf(DIMENSION_NAMES), z.string()),
  ),
  unknown: once(
    "policy-unknown",
    "What nobody has established: dimension with dots, and what is open.",
    z.partialRecord(dimensionOf<string>(QUESTIONS), z.string()) as z.ZodMiniType<
      Readonly<Record<string, string>>
    >,
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
    z.array(
      z.strictObject({
        match: described(
          "METHOD /path/{id}: a {name} stands for one segment, the method * for any.",
          routeText,
        ),
        ...REMARKS,
        ...LAYER,
      }),
    ),
  ),
});
