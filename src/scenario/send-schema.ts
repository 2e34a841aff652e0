import * as z from "zod/mini";
import {
  described,
  duration,
  expecting,
  optionalField as field,
  matching,
  named,
} from "../document/shapes.js";
import { faultKind } from "../policy/policy-schema.js";
import { expectation, innerExpectation } from "./expect-schema.js";
import {
  captureSource,
  headerName,
  plainText,
  requestLine,
  retryReason,
  simpleName,
  stepId,
} from "./shape-words.js";

/** Fields of a map by name. */
export type Fields = Readonly<Record<string, z.ZodMiniType>>;

const count = z.int().check(z.minimum(1), z.maximum(1_000_000));

const idempotencyKey = z.union([
  plainText,
  z.strictObject({
    value: described("The key itself.", plainText),
    syntax: field("bare sends it as it is, quoted as a structured-field string.", z.enum(["bare", "quoted"])),
    header: field("The header that carries it. Default: Idempotency-Key.", headerName),
  }),
]);

const capture = named(
  "capture",
  z.union([
    captureSource,
    z.strictObject({
      from: described("Where the value comes from.", captureSource),
      regex: field("Takes the first group of the match, or all of it.", z.string().check(z.minLength(1))),
    }),
  ]),
);

const retry = z.strictObject({
  on: field(
    "What is tried again: statuses, classes, network. Default: [409, 429, 5xx, network].",
    z.array(retryReason).check(z.minLength(1)),
  ),
  max: field("Retries after the first attempt. Default: 5.", z.int().check(z.minimum(1), z.maximum(1_000))),
  backoff: field(
    "The pause before each retry.",
    z.strictObject({
      initial: field("The first pause. Default: 100ms.", duration),
      factor: field(
        "Each pause is so many times the one before. Default: 2.",
        z.number().check(z.minimum(1)),
      ),
      max: field("The longest pause. Default: 5s.", duration),
      jitter: field(
        "full draws each pause at random between none and all of it (default).",
        z.enum(["none", "full"]),
      ),
    }),
  ),
  respectRetryAfter: field("Wait as long as the server's Retry-After says. Default: true.", z.boolean()),
  reread: field("Run this step again before each retry and fill the templates in anew.", stepId),
  newKey: field(
    "A fresh idempotency key for each retry: what careless clients do. Default: false.",
    z.boolean(),
  ),
});

/** The name of a step. */
export const id: z.ZodMiniType = field(
  "The step's name in templates and reports. Default: step-N.",
  simpleName,
);

/** What steps outside and inside of races say alike. */
const common = {
  capture: field("Values kept from the answer, for $(step.name).", z.record(simpleName, capture)),
  retry: field("When the step is tried again. Nothing is retried unless a step says so.", retry),
  timeout: field("Longest wait for the whole answer.", duration),
  abort: field(
    "Hang up once the request is sent, or after a duration.",
    expecting("`sent` or a duration such as 250ms", z.union([z.literal("sent"), duration])),
  ),
  as: field("Send it as this principal of the world. Mock only.", simpleName),
  auth: field(
    "Send no credentials, or ones that the server must refuse.",
    z.enum(["none", "invalid", "expired"]),
  ),
};

/** What a step says besides what it sends. */
export const options: Fields = {
  expect: field("What must hold; without it the step is not judged.", expectation),
  ...common,
  times: field("Send it so many times, one after the other.", count),
  fault: field("What goes wrong with the first attempt on purpose. Mock only.", faultKind),
};

/** The same inside a race. */
export const innerOptions: Fields = {
  expect: field("What must hold for each writer; without it the step is not judged.", innerExpectation),
  ...common,
};

/** What a request carries besides its line. */
export const requestParts: {
  readonly idempotencyKey: z.ZodMiniOptional;
  readonly ifMatch: z.ZodMiniOptional;
  readonly headers: z.ZodMiniOptional;
} = {
  idempotencyKey: field(
    "The idempotency key, sent bare unless `syntax` or the target's profile says otherwise.",
    idempotencyKey,
  ),
  ifMatch: field("The If-Match header, such as $(read.etag).", plainText),
  headers: field("More headers by name.", z.record(headerName, plainText)),
};

/** What a step that makes a request says of it. */
export const requestFields: Fields = {
  id,
  request: described("METHOD /path on the target.", requestLine),
  ...requestParts,
  json: z.optional(described("The body as JSON: compact, members in the order written here.", z.unknown())),
  text: field("The body as text, byte for byte.", z.string()),
  form: field("The body as a form (application/x-www-form-urlencoded).", z.record(z.string(), plainText)),
  bytesFrom: field("The body from a file beside the scenario.", z.string().check(z.minLength(1))),
};

const setParts = z.strictObject({
  method: field(
    "Another method.",
    expecting("a method such as PUT", z.string().check(matching(/^[A-Z][A-Z-]*$/))),
  ),
  path: field("Another path.", z.string().check(z.minLength(1))),
  idempotencyKey: field("Another key; null removes it.", z.nullable(idempotencyKey)),
  ifMatch: field("Another If-Match; null removes it.", z.nullable(plainText)),
  header: field("Headers to set; null removes one.", z.record(headerName, z.nullable(plainText))),
});

const patchOperation = z.strictObject({
  op: described("What to do.", z.enum(["add", "remove", "replace", "move", "copy", "test"])),
  path: described("JSON Pointer to the place, such as /attributes/tier.", z.string()),
  from: field("JSON Pointer to the source of move and copy.", z.string()),
  value: z.optional(described("The value of add, replace and test.", z.unknown())),
});

const mutation = named(
  "mutation",
  z.union([
    z.strictObject({
      patch: described("Change the JSON body by RFC 6902.", z.array(patchOperation).check(z.minLength(1))),
    }),
    z.strictObject({
      reserialize: described(
        "The same JSON value in other bytes.",
        z.enum(["whitespace", "key-order", "number-format", "unicode-escapes"]),
      ),
    }),
    z.strictObject({ set: described("Replace parts of the request.", setParts) }),
  ]),
);

/** What a repeat says. */
export const repeatFields: Fields = {
  id,
  repeat: described("Send the same bytes as that earlier step again.", stepId),
  mutate: field("Changes to this one request, in order.", z.array(mutation).check(z.minLength(1))),
};

/** One hint for each of some fields, where these stand in another map. Pure. */
export function hints(fields: object, hint: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, hint]));
}
