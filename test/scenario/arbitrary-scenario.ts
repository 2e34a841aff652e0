import fc from "fast-check";
import { CAUSES } from "../../src/core/causes.js";
import type { SourcePosition } from "../../src/core/errors.js";
import type {
  BodyTemplate,
  Capture,
  Expectation,
  JsonTemplate,
  Mutation,
  RaceStep,
  Release,
  RequestTemplate,
  Retry,
  Scenario,
  SendingStep,
  StatusPattern,
  Step,
  StepOptions,
  Template,
  TemplateExpression,
  ValueMatcher,
  Variable,
} from "../../src/scenario/scenario.js";
import { arbitraryLiteral, arbitraryName } from "./arbitrary-template.js";

/** Draws one value; a scenario is built from many draws, since what a step may say depends on the steps before it. */
type Draw = <T>(arbitrary: fc.Arbitrary<T>) => T;

const at: SourcePosition = { file: "f.yaml", line: 1, column: 1 };

/** What templates may name at a point of the scenario that is being built. */
interface Known {
  readonly draw: Draw;
  readonly variables: string[];
  readonly sent: SendingStep[];
  /** Every id so far, of waits and comparisons too. */
  readonly ids: Set<string>;
}

const headerName = fc
  .stringMatching(/^[A-Za-z][A-Za-z0-9-]{0,8}$/)
  .filter((name) => !/^(authorization|cookie|proxy-authorization)$/i.test(name));
const headerText = fc.stringMatching(/^[ -#%-z|~]*$/);
const statusPattern: fc.Arbitrary<StatusPattern> = fc.oneof(
  fc.integer({ min: 100, max: 599 }),
  fc.constantFrom("2xx" as const, "4xx" as const, "5xx" as const),
);
const durationMs = fc.oneof(fc.integer({ min: 1, max: 5000 }), fc.constantFrom(60_000, 3_600_000, 90_000));
const jsonPath = fc.constantFrom("$", "$.a", "$..b[0]", "$['a-b'][?@.c > 1]", "$.é");
const regex = fc.constantFrom("a+", "^/orders/(.+)$", "\\d{2}", '"x"');

function draws<T>(known: Known, make: () => T, maxLength = 3): readonly T[] {
  return Array.from({ length: known.draw(fc.integer({ min: 0, max: maxLength })) }, make);
}

function orNull<T>(known: Known, make: () => T): T | null {
  return known.draw(fc.boolean()) ? make() : null;
}

function expression(known: Known): TemplateExpression {
  const { draw } = known;
  const captures = known.sent.flatMap((step) => step.captures.map(({ name }) => ({ step: step.id, name })));
  const options: TemplateExpression[] = [
    { kind: "env", name: draw(arbitraryName) },
    { kind: "call", function: draw(fc.constantFrom("uuid" as const, "now" as const)), argument: null },
    { kind: "call", function: "sha256", argument: draw(fc.stringMatching(/^[a-z )("]*$/)) },
    ...known.variables.map((name) => ({ kind: "var", name }) as const),
    ...captures.map((capture) => ({ kind: "capture", ...capture }) as const),
  ];
  return draw(fc.constantFrom(...options));
}

function template(known: Known, literal: fc.Arbitrary<string> = arbitraryLiteral): Template {
  const parts = draws(known, () => (known.draw(fc.boolean()) ? known.draw(literal) : expression(known)));
  const apart = parts.filter(
    (part, index) => part !== "" && (typeof part !== "string" || typeof parts[index - 1] !== "string"),
  );
  return { parts: apart, at };
}

function jsonTemplate(known: Known, depth = 2): JsonTemplate {
  const { draw } = known;
  const kind = draw(fc.constantFrom("literal", "string", ...(depth > 0 ? ["array", "object"] : [])));
  if (kind === "array") return { kind: "array", items: draws(known, () => jsonTemplate(known, depth - 1)) };
  if (kind === "string") return { kind: "string", template: template(known) };
  if (kind === "literal") {
    const value = draw(
      fc.oneof(
        fc.integer(),
        fc.double({ noNaN: true, noDefaultInfinity: true }),
        fc.boolean(),
        fc.constant(null),
      ),
    );
    return { kind: "literal", json: JSON.stringify(value) };
  }
  const names = draw(
    fc.uniqueArray(fc.oneof(arbitraryName, fc.nat(20).map(String), fc.constant("")), { maxLength: 4 }),
  );
  const members = names
    .filter((name) => name !== "__proto__")
    .map((name) => [{ parts: name === "" ? [] : [name], at }, jsonTemplate(known, depth - 1)] as const);
  return { kind: "object", members };
}

function headers(known: Known): RequestTemplate["headers"] {
  const names = known.draw(
    fc.uniqueArray(headerName, { maxLength: 3, selector: (name) => name.toLowerCase() }),
  );
  return names.map((name) => [name, template(known, headerText)] as const);
}

function body(known: Known): BodyTemplate | null {
  switch (known.draw(fc.constantFrom("none", "json", "text", "form", "file"))) {
    case "json":
      return { kind: "json", json: jsonTemplate(known) };
    case "text":
      return { kind: "text", text: template(known) };
    case "form":
      return { kind: "form", fields: headers(known) };
    case "file":
      return { kind: "file", path: known.draw(fc.constantFrom("body.bin", "a/../b.json", "./c d")), at };
    default:
      return null;
  }
}

function path(known: Known): Template {
  const literal = fc.stringMatching(/^\/[a-z0-9?&=%~.-]*$/).filter((text) => !text.includes("//"));
  const rest = template(known, literal).parts;
  return { parts: typeof rest[0] === "string" ? rest : ["/x/", ...rest], at };
}

function keyTemplate(known: Known): NonNullable<RequestTemplate["idempotencyKey"]> {
  return {
    value: template(known, headerText),
    syntax: known.draw(fc.constantFrom("bare", "quoted", null)),
    header: known.draw(headerName),
  };
}

function request(known: Known): RequestTemplate {
  return {
    method: known.draw(fc.constantFrom("GET", "POST", "PATCH", "M-SEARCH")),
    path: path(known),
    headers: headers(known),
    idempotencyKey: orNull(known, () => keyTemplate(known)),
    ifMatch: orNull(known, () => template(known, headerText)),
    body: body(known),
  };
}

function captures(known: Known): readonly Capture[] {
  const { draw } = known;
  return draw(fc.uniqueArray(arbitraryName, { maxLength: 3 })).map((name) => {
    const from = draw(
      fc.oneof(
        fc.record({ kind: fc.constant("header" as const), name: headerName }),
        fc.record({ kind: fc.constant("json" as const), path: jsonPath }),
        fc.constantFrom({ kind: "status" } as const, { kind: "correlationId" } as const),
      ),
    );
    return { name, from, regex: orNull(known, () => draw(regex)), at };
  });
}

function matcher(known: Known, equals: () => JsonTemplate): ValueMatcher {
  switch (known.draw(fc.constantFrom("present", "absent", "regex", "equals"))) {
    case "present":
      return { kind: "present" };
    case "absent":
      return { kind: "absent" };
    case "regex":
      return { kind: "regex", source: known.draw(regex) };
    default:
      return { kind: "equals", value: equals() };
  }
}

/** At most one of each kind: in a file each stands under a name of its own. */
function expectations(known: Known): readonly Expectation[] {
  const { draw } = known;
  const [earlier] = known.sent;
  const patterns = (): readonly StatusPattern[] =>
    draw(fc.array(statusPattern, { minLength: 1, maxLength: 3 }));
  const one = (): JsonTemplate => ({ kind: "string", template: { parts: ["x-", expression(known)], at } });
  const all: readonly Expectation[] = [
    { at, what: "status", any: patterns(), negated: false },
    { at, what: "status", any: patterns(), negated: true },
    { at, what: "header", name: draw(headerName), matcher: matcher(known, one) },
    { at, what: "json", path: draw(jsonPath), matcher: matcher(known, one) },
    ...(earlier === undefined ? [] : [{ at, what: "replayOf", step: earlier.id } as const]),
    { at, what: "attempts", statuses: patterns() },
    {
      at,
      what: "statuses",
      counts: [
        ["4xx", draw(fc.constantFrom("1", ">=2", "<3"))],
        [200, "7"],
      ],
    },
    { at, what: "error", error: draw(fc.constantFrom("any", "timeout", "ECONNRESET")) },
    { at, what: "executed", executed: draw(fc.boolean()) },
    {
      at,
      what: "cause",
      cause: draw(fc.constantFrom(...CAUSES)),
      certainty: draw(fc.constantFrom(null, "certain", "likely")),
    },
  ];
  return draw(fc.subarray([...all]));
}

function retry(known: Known): Retry {
  const { draw } = known;
  const [earlier] = known.sent;
  return {
    on: draw(
      fc.array(fc.oneof(statusPattern, fc.constant("network" as const)), { minLength: 1, maxLength: 3 }),
    ),
    max: draw(fc.integer({ min: 1, max: 9 })),
    backoff: {
      initialMs: draw(durationMs),
      factor: draw(fc.constantFrom(1, 1.5, 2)),
      maxMs: draw(durationMs),
      jitter: draw(fc.constantFrom("none", "full")),
    },
    respectRetryAfter: draw(fc.boolean()),
    reread: earlier === undefined ? null : draw(fc.constantFrom(null, earlier.id)),
    newKey: draw(fc.boolean()),
  };
}

function options(known: Known, id: string): StepOptions {
  const { draw } = known;
  return {
    id,
    at,
    captures: captures(known),
    expectations: expectations(known),
    retry: orNull(known, () => retry(known)),
    times: draw(fc.integer({ min: 1, max: 400 })),
    timeoutMs: orNull(known, () => draw(durationMs)),
    abort: draw(fc.oneof(fc.constantFrom(null, "sent" as const), durationMs)),
    as: draw(fc.constantFrom(null, "reader")),
    auth: draw(fc.constantFrom("valid", "none", "invalid", "expired")),
    fault: draw(fc.constantFrom(null, "drop-response", "429")),
  };
}

function mutations(known: Known, of: SendingStep): readonly Mutation[] {
  const { draw } = known;
  const set = (): Mutation => ({
    kind: "set",
    at,
    set: {
      method: draw(fc.constantFrom("PUT", "DELETE")),
      ...(draw(fc.boolean()) ? { path: path(known) } : {}),
      ...(draw(fc.boolean()) ? { idempotencyKey: orNull(known, () => keyTemplate(known)) } : {}),
      ...(draw(fc.boolean()) ? { ifMatch: orNull(known, () => template(known, headerText)) } : {}),
      headers: headers(known).map(([name, value]) => [name, draw(fc.boolean()) ? value : null] as const),
    },
  });
  if (of.kind !== "request" || of.request.body?.kind !== "json") return draws(known, set);
  const text = (value: string): JsonTemplate => ({ kind: "string", template: { parts: [value], at } });
  const named = (name: string, value: JsonTemplate) => [{ parts: [name], at }, value] as const;
  const patch = (): Mutation => ({
    kind: "patch",
    at,
    operations: {
      kind: "array",
      items: [
        {
          kind: "object",
          members: [named("op", text("add")), named("path", text("/a")), named("value", jsonTemplate(known))],
        },
      ],
    },
  });
  const reserialize = (): Mutation => ({
    kind: "reserialize",
    form: draw(fc.constantFrom("whitespace", "key-order")),
    at,
  });
  return draws(known, () => draw(fc.constantFrom(set, patch, reserialize))());
}

const release: fc.Arbitrary<Release> = fc.oneof(
  fc.constantFrom<Release>({ kind: "together" }, { kind: "as-ready" }),
  durationMs.map((everyMs): Release => ({ kind: "staggered", everyMs })),
  fc
    .array(durationMs, { minLength: 1, maxLength: 2 })
    .map((offsetsMs): Release => ({ kind: "offsets", offsetsMs })),
);

function newId(known: Known): string {
  const id = known.draw(arbitraryName.filter((name) => !known.ids.has(name)));
  known.ids.add(id);
  return id;
}

/** The steps of one lane; what they capture is known in that lane alone. */
function lane(known: Known, race: string): readonly SendingStep[] {
  const { draw } = known;
  const inside: Known = { ...known, sent: [...known.sent] };
  return Array.from({ length: draw(fc.integer({ min: 1, max: 2 })) }, () => {
    const of = inside.sent.length > 0 && draw(fc.boolean()) ? draw(fc.constantFrom(...inside.sent)) : null;
    const all = options(inside, `${race}/${newId(known)}`);
    const expectations = all.expectations.filter(
      ({ what }) => what !== "replayOf" && what !== "statuses" && what !== "executed",
    );
    const own: StepOptions = { ...all, expectations, times: 1, fault: null };
    const made: SendingStep =
      of === null
        ? { kind: "request", request: request(inside), ...own }
        : { kind: "repeat", of: of.id, mutations: mutations(inside, of), ...own };
    inside.sent.push(made);
    return made;
  });
}

function raceExpectations(known: Known, steps: readonly SendingStep[]): RaceStep["expectations"] {
  const { draw } = known;
  const statuses = draw(fc.subarray([...steps])).map(
    ({ id }) => ({ at, what: "raceStatuses", step: id, counts: [["4xx", ">=1"]] }) as const,
  );
  const invariants = draw(fc.subarray(["no-lost-update", "one-winner"] as const)).map(
    (invariant) => ({ at, what: "invariant", invariant }) as const,
  );
  return [...statuses, ...invariants];
}

function race(known: Known, id: string): RaceStep {
  const { draw } = known;
  const writing: Known = { ...known, variables: [...known.variables, "writer"] };
  const variables = draws(known, () => ({ ...variable(writing), ask: null }), 2);
  const alike = draw(fc.boolean());
  const first = lane(writing, id);
  const writers = alike ? [first, first] : [first, lane(writing, id), lane(writing, id)];
  return {
    kind: "race",
    id,
    at,
    release: draw(release),
    variables,
    writers,
    alike,
    exclusive: draw(fc.boolean()),
    expectations: raceExpectations(known, alike ? first : writers.flat()),
  };
}

/** `raced`: a race may be drawn, which setUp and cleanUp never are. */
function step(known: Known, raced = false): Step {
  const { draw } = known;
  const id = newId(known);
  const kinds = [
    "request",
    "wait",
    ...(raced ? ["race"] : []),
    ...(known.sent.length > 0 ? ["repeat"] : []),
    ...(known.sent.length > 1 ? ["compare"] : []),
  ];
  const kind = draw(fc.constantFrom(...kinds));
  if (kind === "wait") return { kind, id, at, durationMs: draw(durationMs) };
  if (kind === "race") return race(known, id);
  if (kind === "compare")
    return {
      kind,
      id,
      at,
      steps: draw(
        fc.subarray(
          known.sent.map((each) => each.id),
          { minLength: 2 },
        ),
      ),
    };
  const of = kind === "repeat" ? draw(fc.constantFrom(...known.sent)) : undefined;
  const made: SendingStep =
    of === undefined
      ? { kind: "request", request: request(known), ...options(known, id) }
      : { kind: "repeat", of: of.id, mutations: mutations(known, of), ...options(known, id) };
  known.sent.push(made);
  return made;
}

function variable(known: Known): Variable {
  const name = known.draw(
    arbitraryName.filter((each) => !known.variables.includes(each) && each !== "__proto__"),
  );
  const ask = orNull(known, () => known.draw(fc.constantFrom("an id", "x: y #z")));
  const value = known.draw(fc.boolean()) ? jsonTemplate(known, 1) : ({ kind: "literal", json: "1" } as const);
  const isPlain = value.kind !== "object";
  known.variables.push(name);
  return { name, at, value: isPlain ? value : { kind: "literal", json: "null" }, ask };
}

const principals: JsonTemplate = {
  kind: "object",
  members: [
    [
      { parts: ["principals"], at },
      {
        kind: "object",
        members: [
          [
            { parts: ["reader"], at },
            { kind: "object", members: [] },
          ],
        ],
      },
    ],
  ],
};

/** Builds a valid scenario; envNames is left empty, since it repeats what templates say. */
export function drawScenario(draw: Draw): Scenario {
  const known: Known = { draw, variables: [], sent: [], ids: new Set() };
  const variables = draws(known, () => variable(known));
  const [setUp, more] = [draws(known, () => step(known), 2), step(known, true)];
  return {
    file: "f.yaml",
    name: draw(fc.constantFrom("x", "a: b", "# c", "1.0", "true", "- d")),
    description: draw(
      fc.string({ unit: "grapheme" }).filter((text) => !/[\0-\u001f\u007f\ue000]/.test(text)),
    ),
    tags: draw(fc.array(fc.constantFrom("a", "b", "no"))),
    policy: draw(
      fc.constantFrom(
        null,
        { kind: "preset", name: "rfc9110", at } as const,
        { kind: "file", path: "p/q.yml", at } as const,
      ),
    ),
    seed: draw(fc.constantFrom(null, 0, 4_294_967_295)),
    variables,
    world: principals,
    defaultTimeoutMs: orNull(known, () => draw(durationMs)),
    setUp,
    steps: [more, ...draws(known, () => step(known, true), 4)],
    cleanUp: draws(known, () => step(known), 2),
    effects: orNull(known, () => ({
      request: { ...request(known), method: "GET", body: null, idempotencyKey: null, ifMatch: null },
      count: draw(jsonPath),
      at,
    })),
    envNames: [],
  };
}
