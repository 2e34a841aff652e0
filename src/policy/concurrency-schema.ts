import * as z from "zod/mini";
import { described, duration, expecting } from "../document/shapes.js";
import type { AbsentFile, ConcurrencyFile, ValidatorFile } from "./policy-file.js";
import { atomicity, field, kindOf, name, status, statusMap, word } from "./schema-words.js";

const VALIDATORS = "none, etag-strong, etag-weak, version or revision";

const validator: z.ZodMiniType<ValidatorFile> = z.union([
  expecting(VALIDATORS, z.enum(["none", "etag-strong", "etag-weak", "version", "revision"])),
  z.strictObject({
    kind: described(
      "The same as the bare word.",
      expecting(VALIDATORS, z.enum(["none", "etag-strong", "etag-weak"])),
    ),
  }),
  z.strictObject({
    kind: described(
      "A member of the body: a version is named version and counts, a revision is named _rev and is opaque, unless said otherwise.",
      z.enum(["version", "revision"]),
    ),
    name: field("Name of the member.", name),
    form: field("integer counts up, opaque does not tell.", word(["integer", "opaque"])),
    etag: field("Whether the same token is offered as an ETag besides.", word(["none", "strong", "weak"])),
  }),
]);

const tokenSource = expecting(
  "if-match, body NAME or query NAME",
  z.string().check(z.regex(/^(?:if-match|(?:body|query) [^\s,;]+)$/)),
);

const stale: z.ZodMiniType<NonNullable<ConcurrencyFile["stale"]>> = expecting(
  "accepted, 200-with-error or { status: N }",
  z.union([
    z.enum(["accepted", "200-with-error"]),
    z.strictObject({ kind: kindOf(["accepted", "200-with-error"]) }),
    z.strictObject({
      status: field("Status of the refusal.", status),
      hint: field("What the refusal tells.", word(["none", "current-token", "retry-after"])),
    }),
  ]),
);

const absentOne: z.ZodMiniType<AbsentFile> = expecting(
  "accepted or { status: N }",
  z.union([z.literal("accepted"), z.strictObject({ kind: kindOf(["accepted"]) }), statusMap]),
);

const absent: z.ZodMiniType<NonNullable<ConcurrencyFile["absent"]>> = expecting(
  "accepted, { status: N } or one of these for each method",
  z.union([
    z.literal("accepted"),
    z.strictObject({ kind: kindOf(["accepted"]) }),
    statusMap,
    z.strictObject({
      POST: field("For POST.", absentOne),
      PUT: field("For PUT.", absentOne),
      PATCH: field("For PATCH.", absentOne),
      DELETE: field("For DELETE.", absentOne),
    }),
  ]),
);

/** The concurrency part of a policy file. */
export const concurrencySchema: z.ZodMiniType<ConcurrencyFile> = z.strictObject({
  validator: field("The token that tells versions apart.", validator),
  meaning: field("What the token is made of.", word(["revision", "content-hash", "mtime-seconds"])),
  readFrom: field("Where a writer's token is read; empty: offered and ignored.", z.array(tokenSource)),
  stale: field("What a write with an outdated token gets.", stale),
  absent: field("What a write without a token gets.", absent),
  precedence: field("Which token counts when two came.", word(["if-match", "body", "both-must-hold"])),
  comparison: field("How tokens are compared.", word(["strong", "weak", "textual", "sloppy"])),
  readLag: field("How long reads trail acknowledged writes.", duration),
  tokenInWriteResponse: field(
    "Whether the answer to a write shows the new token.",
    z.union([z.boolean(), z.literal("other-form")]),
  ),
  createOnly: field(
    "The answer to If-None-Match: * on something that exists.",
    z.union([z.literal(412), z.literal(409), z.literal("ignored")]),
  ),
  check: field("Whether comparing and writing are one step.", atomicity),
  granularity: field("What a token covers.", word(["resource", "field", "parent"])),
  noOpWrite: field("Whether writing what is there already moves the token.", word(["bump", "keep"])),
  patchMerges: field("Whether a PATCH of a map keeps the other keys.", word(["per-key", "replace"])),
  malformed: field("The refusal of a token of another form.", statusMap),
});
