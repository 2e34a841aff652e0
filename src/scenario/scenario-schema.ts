import * as z from "zod/mini";
import { CONVERSATION_STATES } from "../core/conversation-states.js";
import { oneOf } from "../document/describe-value.js";
import { described, duration, expecting, optionalField as field, matching } from "../document/shapes.js";
import { policySchema } from "../policy/policy-schema.js";
import { requestParts } from "./send-schema.js";
import { headerName, jsonPath, plainText, requestLine, simpleName } from "./shape-words.js";
import { stepSchema } from "./step-schema.js";

const variable = z.union([
  z.strictObject({
    mock: z.optional(described("The value on the mock.", z.unknown())),
    ask: described(
      "What a person must give with --var on any other target.",
      z.string().check(z.minLength(1)),
    ),
  }),
  z.unknown(),
]);

const principal = z.strictObject({
  account: field("The account that it belongs to. Default: default.", z.string().check(z.minLength(1))),
  scopes: field("What it may do; `*` is everything (default).", z.array(z.string())),
  tokenLife: field("How long its token is good. Default: 24h.", duration),
});

/** A template is filled in when a round begins, and only then it is known what it stands for. */
const state = expecting(
  oneOf(CONVERSATION_STATES),
  z.union([z.enum(CONVERSATION_STATES), z.string().check(matching(/\$\(/))]),
);

const conversation = z.strictObject({
  id: described("A UUID.", z.string().check(z.minLength(1))),
  state: field("The state that its participants have too. Default: connected.", state),
  participants: field("Their ids.", z.array(z.string())),
});

const identified = z.catchall(
  z.object({ id: described("Its id.", z.string().check(z.minLength(1))) }),
  z.unknown(),
);

const world = z.strictObject({
  principals: field("Callers by name, for `as`.", z.record(simpleName, principal)),
  conversations: field("Conversations and their participants.", z.array(conversation)),
  things: field("Members of /api/v2/mock/things; every field but id is content.", z.array(identified)),
  users: field("Users; every field but id is content.", z.array(identified)),
  groups: field("Groups; every field but id is content, memberIds lists its members.", z.array(identified)),
  actions: field("Data actions.", z.array(identified)),
});

const steps = z.array(stepSchema);

/** A scenario file: what the loader checks and what the shipped JSON Schema says come from here. */
export const scenarioSchema: z.ZodMiniType = z.strictObject({
  name: field("A few words for the report. Default: the file's name.", z.string().check(z.minLength(1))),
  description: field("What a reader should learn from it, in a sentence or two.", z.string()),
  tags: field("Words to choose scenarios by.", z.array(z.string().check(z.minLength(1)))),
  policy: field(
    "What the mock obeys: a preset, a file beside the scenario, or a policy written here. Other targets ignore it.",
    expecting("a preset, a policy file, or a map", z.union([z.string().check(z.minLength(1)), policySchema])),
  ),
  seed: field(
    "Start of all random values on the mock. Default: 1.",
    z.int().check(z.minimum(0), z.maximum(0xffff_ffff)),
  ),
  vars: field(
    "Values that templates use, evaluated once a round in this order.",
    z.record(simpleName, variable),
  ),
  world: field(
    "What exists on the mock before the first step. Without it, things come into being at first sight.",
    world,
  ),
  defaults: field(
    "What every request has unless it says otherwise.",
    z.strictObject({
      headers: field("Headers by name.", z.record(headerName, plainText)),
      timeout: field("Longest wait for a whole answer.", duration),
    }),
  ),
  setUp: field("Steps that run first and are never raced.", steps),
  steps: described("What happens, in order.", z.array(stepSchema).check(z.minLength(1))),
  effects: field(
    "How to count what really happened.",
    z.strictObject({
      request: described("A GET whose answer shows the effects.", requestLine),
      headers: requestParts.headers,
      count: described(
        "JSONPath to what is counted: a list's items, a number, or the selected values.",
        jsonPath,
      ),
    }),
  ),
  cleanUp: field("Steps that run last, whatever happened before.", steps),
});
