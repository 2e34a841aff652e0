import * as z from "zod/mini";
import { described, duration, expecting } from "../document/shapes.js";
import { WRITE_METHODS } from "./idempotency-policy.js";
import type { BodyFingerprintFile, IdempotencyFile } from "./policy-file.js";
import { atomicity, durationOrNull, field, kindOf, name, status, statusMap, word } from "./schema-words.js";

/** A header name: RFC 9110's token. */
const TOKEN = "[!#$%&'*+.^_`|~0-9A-Za-z-]+";

const headerName = expecting("the name of a header", z.string().check(z.regex(new RegExp(`^${TOKEN}$`))));

const carrier = expecting(
  "header NAME, query NAME or body FIELD",
  z.string().check(z.regex(new RegExp(`^(?:header ${TOKEN}|(?:query|body) [^\\s,;]+)$`))),
);

const marker = z.nullable(
  expecting("header NAME", z.string().check(z.regex(new RegExp(`^header ${TOKEN}$`)))),
);

const lookup = z.nullable(
  expecting(
    "a path such as /idempotency-keys/{key}",
    z.string().check(z.regex(/^\/[^\s?#]*\{key\}[^\s?#]*$/)),
  ),
);

const WHOLE_BODIES = ["none", "bytes", "serialised", "canonical-json", "member-names"] as const;

const bodyFingerprint: z.ZodMiniType<BodyFingerprintFile> = expecting(
  `${WHOLE_BODIES.join(", ")} or { fields: [...] }`,
  z.union([
    z.enum(WHOLE_BODIES),
    z.strictObject({ kind: kindOf(WHOLE_BODIES) }),
    z.strictObject({
      fields: described(
        "Top-level members, or JSON Pointers that start with a slash.",
        z.array(name).check(z.minLength(1)),
      ),
    }),
  ]),
);

const fingerprint = z.strictObject({
  body: field("How much of the body counts.", bodyFingerprint),
  numbers: field("ieee: 1 is 1.0. textual: 1 differs from 1.0.", word(["ieee", "textual"])),
  method: field("Whether the method counts.", z.boolean()),
  path: field("Whether the path counts.", z.boolean()),
  query: field("Whether the query counts.", z.boolean()),
  headers: field("Names of headers that count.", z.array(headerName)),
});

const mismatch = z.strictObject({
  outcome: field(
    "What a key with another fingerprint gets.",
    word(["refuse", "replay-first", "execute-again"]),
  ),
  status: field("Status of the refusal.", status),
  code: field("Error code of the refusal.", name),
  reveals: field("What the refusal tells of the first request.", word(["nothing", "first-request"])),
});

const inFlight = z.strictObject({
  outcome: field(
    "What a key gets whose first request is still running.",
    word(["refuse", "wait", "execute"]),
  ),
  status: field("Status of the refusal.", status),
  retryAfter: field("Length of the Retry-After; null sends none.", durationOrNull),
});

const afterExpiry: z.ZodMiniType<NonNullable<IdempotencyFile["afterExpiry"]>> = expecting(
  "execute or { status: N }",
  z.union([z.literal("execute"), z.strictObject({ kind: kindOf(["execute"]) }), statusMap]),
);

const AFTER = ["replay", "forget", "conflict"] as const;

const outcomes = z.strictObject({
  validation: field("After a 4xx before anything was tried.", word(AFTER)),
  "2xx": field("After a success.", word(AFTER)),
  "4xx": field("After any other 4xx.", word(AFTER)),
  "429": field("After a rate limit.", word(AFTER)),
  "5xx": field("After a server error.", word(AFTER)),
});

const replay = z.strictObject({
  content: field(
    "The stored answer, or of a success what is there now where the first request went.",
    word(["snapshot", "current-state"]),
  ),
  status: field(
    "The first status, or 200 whatever it was.",
    z.union([z.literal("original"), z.literal(200)]),
  ),
  marker: field("Header that marks an answer; null for none.", marker),
  where: field("Whether first answers carry the mark too.", word(["replays", "always"])),
  correlationId: field("Which correlation ID a replay carries.", word(["new", "original", "both"])),
});

/** The idempotency part of a policy file. */
export const idempotencySchema: z.ZodMiniType<IdempotencyFile> = z.strictObject({
  support: field("Whether keys count at all.", word(["honoured", "ignored", "required", "rejected"])),
  carrier: field("Where the key travels.", carrier),
  syntax: field("bare, quoted, or both alike.", word(["bare", "quoted", "normalised"])),
  maxLength: field("The longest key that is accepted.", z.int().check(z.minimum(1), z.maximum(65_536))),
  missing: field("The refusal where a key is required.", statusMap),
  malformed: field("The refusal of a key that is not of the syntax.", statusMap),
  methods: field("Methods on which a key counts.", z.array(word(WRITE_METHODS))),
  scope: field(
    "What a key is unique in; empty for the whole server.",
    z.array(word(["account", "principal", "method", "path", "query"])),
  ),
  fingerprint: field("What must be the same when a key comes again.", fingerprint),
  mismatch: field("What a key with another fingerprint gets.", mismatch),
  mismatchKeeps: field(
    "What is left of the first record after that, whatever the later request got.",
    word(["original", "overwritten", "dropped"]),
  ),
  inFlight: field("What a key gets whose first request is still running.", inFlight),
  inFlightOrder: field("What is looked at first then.", word(["fingerprint-first", "lock-first", "neither"])),
  claim: field("Whether look-up and claim are one step.", atomicity),
  outcomes: field(
    "What a key remembers of how its first request ended. A refusal counts as one also where it is told in a 200.",
    outcomes,
  ),
  replay: field("What a replay looks like.", replay),
  ttl: field(
    "How long a key lives.",
    expecting("a duration such as 24h, or forever", z.union([duration, z.literal("forever")])),
  ),
  ttlFrom: field("Where its life is counted from.", word(["first-use", "last-use"])),
  afterExpiry: field(
    "What a key gets after its life. A key that was forgotten or let go of has none.",
    afterExpiry,
  ),
  onDisconnect: field(
    "What a lost connection does to a running request.",
    word(["completes", "releases", "sticks"]),
  ),
  keyOutlivesResource: field("Whether a key is kept when what it made is deleted.", z.boolean()),
  echo: field(
    "Whether the key header comes back on every answer, the refusal of the key included.",
    z.boolean(),
  ),
  lookup: field("Path at which a key can be looked up; null for none.", lookup),
});
