import fc from "fast-check";
import { expect, test } from "vitest";
import { importRun, run, runImported } from "./closing-the-loop.js";

const nasty = fc.constantFrom(
  "$(x)",
  "${x}",
  "{{x}}",
  "{{{{x}}}}",
  "$$(x)",
  "a: b",
  "# c",
  "- d",
  "é",
  "\u2028",
  "\u{1f600}",
  "\\ud83d",
  "\t",
  "<<",
  "1e3",
  "null",
);
const words = fc
  .array(fc.oneof(nasty, fc.string({ maxLength: 6 })), { maxLength: 4 })
  .map((parts) => parts.join(""));
const readable = words.map((text) => text.replace(/[\0-\x08\x0b\x0c\x0e-\x1f\x7f\ufdd0\ufdd1]/g, ""));

/** As in a scenario file, where a literal `$(` is written with two dollar signs and templates of other tools are mistakes. */
function literal(text: string): string {
  return text.replace(/\$(?=\{)|\{(?=\{)/g, "").replaceAll("$(", "$$$$(");
}

const json = fc.dictionary(
  fc.constantFrom("tier", "note", "queue-name", "a", "b"),
  fc.oneof(
    readable.map(literal),
    fc.integer(),
    fc.boolean(),
    fc.constant(null),
    fc.array(fc.integer(), { maxLength: 3 }),
  ),
  { maxKeys: 4 },
);

const body = fc.oneof(
  json.map((value) => ({ json: value })),
  json.map((value) => ({ text: literal(JSON.stringify(value, null, 1).replaceAll("$$(", "$(")) })),
  readable.filter((text) => text.trim() !== "").map((text) => ({ text: literal(text) })),
);
const thing = fc.constantFrom("1", "2");
const key = fc.option(fc.constantFrom("$(keyA)", "$(keyB)", '"quoted"', "short"), { nil: undefined });

/** Reads, writes with and without tokens and keys, creations, and repeats of what was before. */
const step = fc.oneof(
  thing.map((id) => ({ request: `GET /api/v2/mock/things/${id}` })),
  fc
    .record({
      id: thing,
      key,
      body,
      token: fc.constantFrom(undefined, '"1"', '"2"', "*", 'W/"1"', "nonsense"),
    })
    .map((each) => ({
      request: `PUT /api/v2/mock/things/${each.id}`,
      ...(each.key === undefined ? {} : { idempotencyKey: each.key }),
      ...(each.token === undefined ? {} : { ifMatch: each.token }),
      ...each.body,
    })),
  fc.record({ key, body, x: readable }).map((each) => ({
    request: `POST /api/v2/integrations/actions/log-call/execute?x=${encodeURIComponent(each.x).replace(/'/g, "%27")}`,
    ...(each.key === undefined ? {} : { idempotencyKey: each.key }),
    headers: { "X-Trace": "t-1", "Content-Type": "application/json" },
    ...each.body,
  })),
  fc
    .record({
      back: fc.nat({ max: 5 }),
      mutate: fc.option(
        fc.constantFrom<object>(
          { set: { idempotencyKey: "$(keyB)" } },
          { set: { ifMatch: '"3"', header: { "X-Trace": "t-2" } } },
          { reserialize: "whitespace" },
        ),
        { nil: undefined },
      ),
    })
    .map((each) => ({ back: each.back, mutate: each.mutate })),
);

type Drawn = Record<string, unknown> & { readonly back?: number; readonly mutate?: object };

/** Repeats name a step that is there; one that nothing came before is a read. */
function withIds(drawn: readonly Drawn[]): readonly object[] {
  return drawn.map(({ back, mutate, ...rest }, index) => {
    if (back === undefined) return { id: `s${index}`, ...rest };
    const of = index - 1 - (back % Math.max(1, index));
    if (index === 0) return { id: "s0", request: "GET /api/v2/mock/things/1" };
    return {
      id: `s${index}`,
      repeat: `s${of}`,
      ...(mutate === undefined || "reserialize" in mutate ? {} : { mutate: [mutate] }),
    };
  });
}

const scenario = fc
  .record({
    policy: fc.constantFrom("documented", "forum-lore", "rfc9110", "ietf-draft", "stripe-like", "naive"),
    steps: fc.array(step, { minLength: 1, maxLength: 8 }),
  })
  .map(({ policy, steps }) =>
    JSON.stringify(
      {
        name: "drawn",
        policy,
        vars: { keyA: "$(uuid())", keyB: "$(uuid())" },
        world: { things: [{ id: "1", tier: "none" }, { id: "2" }] },
        steps: withIds(steps as readonly Drawn[]),
      },
      null,
      1,
    ),
  );

test("whatever a scenario sends, its imported run sends the same and is answered the same", async () => {
  await fc.assert(
    fc.asyncProperty(scenario, async (text) => {
      const before = await run(text);
      const after = await runImported(importRun(before.folder));
      expect(after.told).toEqual(before.told);
    }),
    { numRuns: 60 },
  );
});
