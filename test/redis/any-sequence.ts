import fc from "fast-check";
import type { PolicyFile } from "../../src/policy/policy-file.js";
import { ATTRIBUTES, CALL_PARTICIPANT, CONVERSATION, PARTICIPANT, USER } from "../mock/an-org.js";

/** One request, but for what depends on earlier answers. */
export interface Sent {
  readonly kind: "send";
  readonly method: string;
  readonly path: string;
  readonly body: unknown;
  readonly key: string | null;
  /** `last`: the ETag or version that was last seen under this path. */
  readonly token: "none" | "last" | "stale" | "any";
  readonly as: string | null;
  readonly auth: "valid" | "valid" | "invalid" | "none" | "expired";
  /** Which of the servers that share a Redis gets it. */
  readonly server: 0 | 1;
}

export type Act =
  | Sent
  | { readonly kind: "advance"; readonly ms: number }
  | { readonly kind: "fault"; readonly fault: string; readonly hits: Sent }
  | { readonly kind: "reset" };

const CONVERSATIONS = `/api/v2/conversations/${CONVERSATION}`;
const THINGS = "/api/v2/mock/things";
const GROUP = `/api/v2/groups/${PARTICIPANT}`;
const SCIM = `/api/v2/scim/v2/users/${USER}`;
const USER_PATH = `/api/v2/users/${USER}`;
const ACTION = "/api/v2/integrations/actions/a1";
const NAMES = ["ada", "ben"] as const;

const email = fc.constantFrom(...NAMES.map((name) => `${name}@example.com`));
const name = fc.constantFrom(...NAMES);
const nothing = fc.constant(undefined);

function operation(
  method: string,
  path: fc.Arbitrary<string> | string,
  body: fc.Arbitrary<unknown> = nothing,
): fc.Arbitrary<Pick<Sent, "method" | "path" | "body">> {
  return fc.record({
    method: fc.constant(method),
    path: typeof path === "string" ? fc.constant(path) : path,
    body,
  });
}

const thing = fc.record(
  { tier: name, name, parentId: fc.constantFrom("1", "2") },
  { requiredKeys: [], noNullPrototype: true },
);
const thingPath = fc.constantFrom("1", "2").map((id) => `${THINGS}/${id}`);
const attributes = fc.record({ attributes: fc.dictionary(name, name, { noNullPrototype: true }) });
const media = fc.record(
  { state: fc.constantFrom("alerting", "connected", "disconnected"), held: fc.boolean() },
  { requiredKeys: [], noNullPrototype: true },
);
const station = `${USER_PATH}/station/associatedstation`;

const operations: fc.Arbitrary<Pick<Sent, "method" | "path" | "body">> = fc.oneof(
  { weight: 3, arbitrary: operation("PUT", thingPath, fc.oneof(thing, fc.constant([]))) },
  { weight: 2, arbitrary: operation("PATCH", thingPath, thing) },
  { weight: 2, arbitrary: operation("DELETE", thingPath) },
  { weight: 2, arbitrary: operation("GET", thingPath) },
  operation("GET", fc.constantFrom(THINGS, `${THINGS}?tier=ada`)),
  operation("POST", THINGS, fc.oneof(thing, fc.constant({ id: "1" }))),
  operation(
    "GET",
    fc.constantFrom(CONVERSATIONS, CONVERSATIONS.replace("conversations", "conversations/calls")),
  ),
  operation(
    "PATCH",
    fc.constantFrom(CALL_PARTICIPANT, `${CONVERSATIONS}/participants/${PARTICIPANT}`),
    media,
  ),
  operation("PATCH", ATTRIBUTES, attributes),
  operation("GET", `${CONVERSATIONS}/secureattributes`),
  operation("PUT", `${CONVERSATIONS}/secureattributes`, attributes),
  operation("PATCH", `${CONVERSATIONS}/secureattributes`, attributes),
  operation("POST", "/api/v2/users", fc.record({ name, email })),
  operation(
    "PATCH",
    USER_PATH,
    fc.record({ email, title: name }, { requiredKeys: [], noNullPrototype: true }),
  ),
  operation("GET", fc.constantFrom(USER_PATH, "/api/v2/users/me", `${USER_PATH}?expand=station`, SCIM)),
  operation("PUT", SCIM, fc.record({ userName: email })),
  operation("PUT", `${station}/s1`),
  operation("DELETE", station),
  operation("PUT", GROUP, fc.record({ name })),
  operation("POST", `${GROUP}/members`, fc.constant({ memberIds: [USER] })),
  operation("GET", fc.constantFrom(GROUP, `${GROUP}/members`)),
  operation("DELETE", fc.constantFrom(GROUP, `${GROUP}/members?ids=${USER}`)),
  operation("PATCH", ACTION, fc.record({ name, version: fc.constantFrom(1, 2) })),
  operation("POST", `${ACTION}/draft`, fc.constant({})),
  operation("PATCH", `${ACTION}/draft`, fc.record({ name, version: fc.constantFrom(1, 2) })),
  operation("POST", `${ACTION}/draft/publish`, fc.constant({ version: 1 })),
  operation(
    "GET",
    fc.constantFrom(ACTION, `${ACTION}/draft`, "/nowhere", "/keys/k1", "/api/v2/mock/executions"),
  ),
  { weight: 3, arbitrary: operation("POST", `${ACTION}/execute`, fc.record({ n: fc.constantFrom(1, 2) })) },
  operation("POST", "/api/v2/conversations/callbacks", fc.constant({ queueId: "q", callbackNumbers: ["1"] })),
  operation("POST", "/api/charges", fc.constant({ amount: 1 })),
);

const sent: fc.Arbitrary<Sent> = fc
  .record({
    operation: operations,
    key: fc.constantFrom(null, "k1", "k1", "k2", "k".repeat(300)),
    token: fc.constantFrom("none" as const, "last", "last", "stale", "any"),
    as: fc.constantFrom(null, null, null, "reader", "other"),
    auth: fc.oneof(
      { weight: 12, arbitrary: fc.constant("valid" as const) },
      { weight: 1, arbitrary: fc.constantFrom("invalid" as const, "none" as const, "expired" as const) },
    ),
    server: fc.constantFrom(0 as const, 1 as const),
  })
  .map(({ operation: { method, path, body }, ...rest }) => ({ kind: "send", method, path, body, ...rest }));

const act: fc.Arbitrary<Act> = fc.oneof(
  { weight: 24, arbitrary: sent },
  {
    weight: 3,
    arbitrary: fc.constantFrom(40_000, 3_000_000, 90_000_000).map((ms) => ({ kind: "advance" as const, ms })),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant("fault" as const),
      fault: fc.constantFrom(
        "5xx-before",
        "5xx-after",
        "429",
        "spurious-conflict",
        "duplicate-delivery",
        "delay",
      ),
      hits: sent,
    }),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "reset" as const }) },
);

/** What a client does, one thing after another. */
export const anySequence: fc.Arbitrary<readonly Act[]> = fc.array(act, {
  minLength: 10,
  maxLength: 40,
  size: "max",
});

const after = fc.constantFrom("replay" as const, "forget" as const, "conflict" as const);
const ORDER = ["auth", "rateLimit", "key", "validation", "precondition", "lock"] as const;

const idempotency: fc.Arbitrary<NonNullable<PolicyFile["idempotency"]>> = fc.record({
  support: fc.constantFrom("honoured", "honoured", "honoured", "required", "rejected"),
  scope: fc.subarray(["account", "principal", "method", "path", "query"] as const),
  mismatch: fc.record({ outcome: fc.constantFrom("refuse", "replay-first", "execute-again") }),
  mismatchKeeps: fc.constantFrom("original", "overwritten", "dropped"),
  claim: fc.constantFrom("atomic", "atomic", { kind: "check-then-set", window: "1ms" }),
  outcomes: fc.record({
    validation: after,
    "2xx": fc.constantFrom("replay", "replay", "conflict"),
    "4xx": after,
    "429": after,
    "5xx": after,
  }),
  replay: fc.record({
    content: fc.constantFrom("snapshot", "current-state"),
    status: fc.constantFrom("original", 200),
  }),
  ttl: fc.constantFrom("1h", "24h", "forever"),
  ttlFrom: fc.constantFrom("first-use", "last-use"),
  afterExpiry: fc.constantFrom("execute", { status: 412 }),
  keyOutlivesResource: fc.boolean(),
  lookup: fc.constant("/keys/{key}"),
}) as fc.Arbitrary<NonNullable<PolicyFile["idempotency"]>>;

const concurrency: fc.Arbitrary<NonNullable<PolicyFile["concurrency"]>> = fc
  .tuple(
    fc.constantFrom(
      { validator: "none", readFrom: [] },
      { validator: "etag-strong", readFrom: ["if-match"] },
      { validator: "etag-strong", readFrom: ["if-match"], meaning: "content-hash" },
      {
        validator: { kind: "version", name: "version", form: "integer", etag: "strong" },
        readFrom: ["if-match", "body version"],
      },
    ),
    fc.record({
      stale: fc.constantFrom("accepted", { status: 409 }, { status: 412, hint: "current-token" }),
      absent: fc.constantFrom("accepted", { status: 428 }),
      readLag: fc.constantFrom("0ms", "1m"),
      check: fc.constantFrom("atomic", { kind: "check-then-set", window: "1ms" }),
      createOnly: fc.constantFrom(412, "ignored"),
      granularity: fc.constantFrom("resource", "field", "parent"),
      noOpWrite: fc.constantFrom("bump", "keep"),
      patchMerges: fc.constantFrom("per-key", "replace"),
    }),
  )
  .map(([validated, rest]) => ({ ...validated, ...rest }) as NonNullable<PolicyFile["concurrency"]>);

/** A policy without what only one server can do alike twice: churn and the tokens of a second. */
export const anyPolicy: fc.Arbitrary<PolicyFile> = fc.record({
  extends: fc.constantFrom("forum-lore", "none"),
  paths: fc.constant("forum-lore" as const),
  order: fc.oneof(fc.constant([...ORDER]), fc.shuffledSubarray([...ORDER], { minLength: 6, maxLength: 6 })),
  idempotency,
  concurrency,
  locks: fc.constantFrom(null, { states: ["alerting"] as const, for: "1m" }),
  terminal: fc.constantFrom(null, { states: ["disconnected"] as const }),
  unique: fc.constantFrom([], [{ on: "users.email" }, { on: "things.name" }, { on: "groups.name" }] as const),
  references: fc.constantFrom([], [{ on: "groups" }, { on: "things" }] as const),
  rateLimit: fc.constantFrom(null, null, { perMinute: 8 }),
  latency: fc.constantFrom({ base: "0ms" }, { base: "1ms" }),
}) as fc.Arbitrary<PolicyFile>;
