import type { Random } from "../../src/core/random.js";

/** Choices that depend on one sequence alone. */
export interface Dice {
  readonly below: (count: number) => number;
  readonly chance: (oneIn: number) => boolean;
  readonly pick: <T>(list: readonly T[]) => T;
}

export function diceOf(random: Random): Dice {
  const below = (count: number): number => random.uint32() % count;
  return {
    below,
    chance: (oneIn) => below(oneIn) === 0,
    pick: (list) => {
      const chosen = list.slice(below(list.length))[0];
      if (chosen === undefined) throw new Error("nothing to pick from");
      return chosen;
    },
  };
}

export const UUIDS: readonly string[] = [
  "0f0e3a4c-1111-4222-8333-444455556666",
  "00b1a2c3-4d5e-4f7a-8b9c-0d1e2f3a4b5c",
  "5A1F7C52-8E3D-4A90-9A51-0E6F0C5D1B22",
];

const MEMBERS =
  "version state attributes participants name email id _rev resourceVersion userName Operations op path value schemas memberIds a __proto__ constructor toString valueOf toJSON length".split(
    " ",
  );

/** Texts that some rule looks at, and texts that break what does not look. */
export const STRINGS: readonly string[] = [
  ..."1 connected disconnected replace remove add active null Bearer a@example.com __proto__".split(" "),
  "",
  "\u0000",
  "\ud800",
  "é",
  "x".repeat(300),
  '"',
  "2026-11-21T00:00:00Z",
];

const ODD: readonly unknown[] = [
  null,
  true,
  false,
  1.5,
  -1,
  1e300,
  2 ** 53,
  [],
  {},
  { toString: 1 },
  { toJSON: 1 },
];

/** Bodies that the operations take, by a part of their path: each request carries one as it is, or one thing in it changed. */
const SAMPLES: readonly (readonly [part: string, body: unknown])[] = [
  ["/attributes", { attributes: { "queue-name": "gold" } }],
  ["/secureattributes", { attributes: { a: "1" }, version: 1 }],
  ["/participants/", { state: "disconnected", attributes: { a: "1" }, muted: true, version: 1 }],
  ["/conversations/voice", { participants: [{ id: UUIDS[1], attributes: { a: "1" } }], version: 1 }],
  [
    "/conversations/callbacks",
    { queueId: UUIDS[2], callbackNumbers: ["+493012345678"], data: { topic: "invoice" } },
  ],
  [
    "/evaluations",
    { evaluationForm: { id: UUIDS[0] }, evaluator: { id: UUIDS[2] }, agent: { id: UUIDS[2] }, rescore: true },
  ],
  [
    "/integrations/actions",
    {
      category: "CRM",
      name: "Find contact",
      integrationId: "i1",
      config: { timeoutSeconds: 5, request: { requestType: "GET", headers: { Accept: "application/json" } } },
      contract: { input: { inputSchema: { type: "object" } }, output: { successSchema: { type: "object" } } },
      version: 1,
    },
  ],
  ["/execute", { contactId: "c-1" }],
  ["/members", { memberIds: [...UUIDS], version: 1 }],
  ["/groups", { name: "Support", type: "official", rulesVisible: true, visibility: "public", version: 1 }],
  [
    "/scim/",
    {
      schemas: ["urn:ietf:params:scim:api:messages:2.0:PatchOp"],
      Operations: [
        { op: "replace", path: "title", value: "Agent" },
        { op: "add", value: { displayName: "Ada" } },
      ],
      userName: "ada@example.com",
      displayName: "Ada",
      active: true,
    },
  ],
  ["/users", { name: "Ada", email: "ada@example.com", title: "Agent", version: 1 }],
  ["/things", { id: "1", tier: "gold", version: 1, _rev: "1-8303", metadata: { resourceVersion: "1" } }],
];

/** Bodies that are no JSON object, or no JSON. */
const BROKEN: readonly string[] = [
  "[".repeat(2_000),
  '{"a":1,"a":2}',
  '{"__proto__":{"a":1}}',
  "{}{}",
  "\ufeff{}",
  '{"a":',
  "grant_type=client_credentials",
  "null",
  "[]",
  '"text"',
];

/** Makes bodies for operations. */
export function createRandomBodies(
  random: Random,
  { below, chance, pick }: Dice,
): (template: string) => Buffer {
  const value = (depth: number): unknown => {
    const kind = below(depth > 0 ? 8 : 5);
    if (kind < 2) return pick(STRINGS);
    if (kind === 2) return below(6);
    if (kind === 3) return pick(ODD);
    if (kind === 4) return pick(UUIDS);
    if (kind === 5) return Array.from({ length: below(4) }, () => value(depth - 1));
    return object(depth - 1);
  };
  const object = (depth: number): unknown =>
    Object.fromEntries(Array.from({ length: below(5) }, () => [pick(MEMBERS), value(depth)]));

  /** One thing in it changed, at any depth: replaced, removed, renamed or added. */
  const changed = (whole: unknown): unknown => {
    if (typeof whole !== "object" || whole === null || chance(4)) return value(2);
    const entries = Object.entries(whole);
    const at = below(entries.length + 1);
    const [name = pick(MEMBERS), inner] = entries[at] ?? [];
    const others = entries.filter(([each]) => each !== name);
    const next: [string, unknown][] = chance(6) ? [] : [[chance(6) ? pick(MEMBERS) : name, changed(inner)]];
    return Array.isArray(whole)
      ? [...others, ...next].map(([, each]) => each)
      : Object.fromEntries([...others, ...next]);
  };
  const sampleFor = (template: string): unknown =>
    SAMPLES.find(([part]) => template.includes(part))?.[1] ?? {};

  return (template) => {
    const kind = below(20);
    if (kind < 8) return Buffer.from(JSON.stringify({ ...Object(sampleFor(template)), version: below(6) }));
    if (kind < 15) return Buffer.from(JSON.stringify(changed(sampleFor(template))) ?? "");
    if (kind === 15) return Buffer.from(JSON.stringify(object(3)));
    if (kind === 16) return Buffer.from(pick(BROKEN));
    if (kind === 17) return Buffer.from(Uint32Array.from({ length: below(40) }, random.uint32).buffer);
    if (kind === 18 && chance(40))
      return Buffer.from(JSON.stringify({ attributes: { a: "x".repeat(200_000) } }));
    return Buffer.alloc(0);
  };
}
