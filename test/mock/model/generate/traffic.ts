import fc from "fast-check";
import { Again, Read, Send, Wait } from "../run/commands.js";
import type { Real } from "../run/real.js";
import { type Content, PLAIN, type Spelling } from "../spec/bodies.js";
import type { Model } from "../spec/model.js";
import { THINGS } from "../spec/rules.js";
import type { Draft, IfMatchDraft, MemberDraft, Twist, Which } from "./drafts.js";
import { mostly } from "./policies.js";

const MEMBERS = {
  a: fc.constantFrom(1, 2),
  b: fc.constantFrom("x", "y"),
  m: fc.record(
    { x: fc.constantFrom(1, 2), y: fc.constantFrom(1, 2) },
    { requiredKeys: [], noNullPrototype: true },
  ),
};

/** One member as often as any number of them, so that writes go past each other. */
const plainContent: fc.Arbitrary<Content> = fc.oneof(
  fc.record(MEMBERS, { requiredKeys: [], noNullPrototype: true }),
  ...Object.entries(MEMBERS).map(([name, value]) => fc.record({ [name]: value }, { noNullPrototype: true })),
) as fc.Arbitrary<Content>;

/** Things that have names and name each other as parents. */
const namedContent: fc.Arbitrary<Content> = fc
  .tuple(
    plainContent,
    fc.record(
      { name: fc.constantFrom("n1", "n2"), parentId: fc.constantFrom("1", "2") },
      { requiredKeys: [], noNullPrototype: true },
    ),
  )
  .map(([plain, names]): Content => ({ ...plain, ...names }) as Content);

const spelling: fc.Arbitrary<Spelling> = fc.record({
  reversed: fc.boolean(),
  spaced: fc.boolean(),
  numbers: fc.constantFrom("plain", "decimal", "exponent"),
  escaped: fc.boolean(),
});

const which: fc.Arbitrary<Which> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "current" as const }) },
  { weight: 3, arbitrary: fc.nat(2).map((back) => ({ kind: "old" as const, back })) },
  { weight: 1, arbitrary: fc.constantFrom({ kind: "other" as const }, { kind: "never" as const }) },
);

const tag = fc.record({ which, form: mostly("as-issued", "weak", "strong", "unquoted") });

const ifMatch: fc.Arbitrary<IfMatchDraft> = fc.oneof(
  { weight: 6, arbitrary: tag.map((one) => ({ kind: "tags" as const, tags: [one] })) },
  { weight: 2, arbitrary: fc.tuple(tag, tag).map((tags) => ({ kind: "tags" as const, tags })) },
  { weight: 1, arbitrary: fc.constant({ kind: "star" as const }) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('"x', 'x"', '"a" "b"', 'w/"x"', "W/")
      .map((text) => ({ kind: "broken" as const, text })),
  },
);

const memberToken: fc.Arbitrary<MemberDraft> = fc.oneof(
  { weight: 7, arbitrary: which },
  { weight: 1, arbitrary: fc.constant({ kind: "wrong-type" as const }) },
);

const onThing = fc.record({
  target: fc.constant("thing" as const),
  method: oneIn(8, "PUT", "DELETE").chain((method) =>
    method === "DELETE" ? fc.constant(method) : fc.constantFrom("PUT" as const, "PATCH" as const, "PATCH"),
  ),
});
const onThings = fc.record({ target: fc.constant("things" as const), method: fc.constant("POST" as const) });
const onAction = fc.record({ target: fc.constant("action" as const), method: fc.constant("POST" as const) });

/** Executions have no token: without keys there is little to see in them. */
function place(keys: boolean) {
  return fc.oneof(
    { weight: keys ? 5 : 16, arbitrary: onThing },
    { weight: 1, arbitrary: onThings },
    { weight: keys ? 2 : 1, arbitrary: onAction },
  );
}

const id = mostly("1", "1", "1", "2");

/** The first value but once in so many times. */
function oneIn<const T, const S>(times: number, often: T, ...seldom: readonly S[]): fc.Arbitrary<T | S> {
  const rest: fc.Arbitrary<T | S> = fc.constantFrom(...seldom);
  return fc.oneof(
    { weight: times - 1, arbitrary: fc.constant<T | S>(often) },
    { weight: 1, arbitrary: rest },
  );
}

/** What the requests of a property are about. */
export interface Traffic {
  readonly keys: boolean;
  readonly tokens: boolean;
  readonly hostile: boolean;
  readonly names: boolean;
}

function optional<T>(on: boolean, arbitrary: fc.Arbitrary<T>, weight = 1): fc.Arbitrary<T | null> {
  return on
    ? fc.oneof({ weight: 1, arbitrary: fc.constant(null) }, { weight, arbitrary })
    : fc.constant(null);
}

function draft({ keys, tokens, hostile, names }: Traffic): fc.Arbitrary<Draft> {
  const key = fc.record({
    name: fc.constantFrom("k1", "k2"),
    form: hostile ? oneIn(5, "wanted", "flipped", "longest", "too-long") : fc.constant("wanted" as const),
  });
  return fc
    .tuple(
      place(keys),
      fc.record({
        id,
        principal: mostly(null, "ada", "ben", "cyd"),
        auth: hostile ? oneIn(12, "valid", "none", "invalid") : fc.constant("valid" as const),
        key: optional(keys, key, 3),
        query: mostly(null, "1", "2"),
        team: mostly(null, "crm", "ops"),
        content: names ? namedContent : plainContent,
        spelling: fc.oneof(fc.constant(PLAIN), spelling),
        broken: hostile ? oneIn(8, false, true) : fc.constant(false),
        chooseId: fc.boolean(),
        ifMatch: optional(tokens, ifMatch, 2),
        bodyToken: optional(tokens, memberToken),
        queryToken: optional(tokens, memberToken),
        createOnly: tokens ? oneIn(8, false, true) : fc.constant(false),
      }),
    )
    .map(([where, rest]) => ({ ...where, ...rest }));
}

const twist: fc.Arbitrary<Twist> = fc.oneof(
  { weight: 4, arbitrary: fc.constant({ kind: "same" as const }) },
  { weight: 2, arbitrary: spelling.map((each) => ({ kind: "spelling" as const, spelling: each })) },
  { weight: 2, arbitrary: plainContent.map((each) => ({ kind: "content" as const, content: each })) },
  { weight: 1, arbitrary: fc.constantFrom("1", "2").map((each) => ({ kind: "path" as const, id: each })) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom("PUT" as const, "PATCH" as const)
      .map((method) => ({ kind: "method" as const, method })),
  },
  { weight: 1, arbitrary: fc.constantFrom("crm", "ops").map((team) => ({ kind: "team" as const, team })) },
  {
    weight: 1,
    arbitrary: fc.constantFrom("ada", "cyd").map((principal) => ({ kind: "principal" as const, principal })),
  },
  { weight: 1, arbitrary: fc.constant({ kind: "no-condition" as const }) },
);

const READ_PATHS = [`${THINGS}/1`, `${THINGS}/1`, `${THINGS}/2`, "/api/v2/mock/executions"];
const LOOKUP_PATHS = ["/idempotency-keys/k1", "/idempotency-keys/k2", "/keys/k1/state"];

function reads({ keys }: Traffic): fc.Arbitrary<Read> {
  return fc.constantFrom(...READ_PATHS, ...(keys ? LOOKUP_PATHS : [])).map((path) => new Read(path));
}

const waits = fc
  .record({
    of: fc.constantFrom("ttl" as const, "lag" as const, "minute" as const, "second" as const),
    share: fc.constantFrom("half" as const, "nearly" as const, "exactly" as const, "more" as const),
  })
  .map(({ of, share }) => new Wait(of, share));

/** Sequences of requests, reads and waits. */
export function trafficOf(traffic: Traffic): fc.Arbitrary<Iterable<fc.AsyncCommand<Model, Real>>> {
  const sends = draft(traffic).map((each) => new Send(each));
  const again = fc.tuple(fc.nat(3), twist).map(([back, each]) => new Again(back, each));
  const kinds: fc.Arbitrary<fc.AsyncCommand<Model, Real>>[] = [sends, sends, reads(traffic), waits];
  return fc.commands(traffic.keys ? [...kinds, again, again] : kinds, { maxCommands: 40, size: "max" });
}
