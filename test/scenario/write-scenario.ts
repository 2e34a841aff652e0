import { formatDuration } from "../../src/core/duration.js";
import type {
  Capture,
  Expectation,
  JsonTemplate,
  KeyTemplate,
  Mutation,
  RaceStep,
  Release,
  RequestTemplate,
  Scenario,
  SendingStep,
  Step,
  Template,
  ValueMatcher,
} from "../../src/scenario/scenario.js";
import { printParts } from "./arbitrary-template.js";

/** A YAML map whose members keep their order, those that are undefined left out. */
function map(members: readonly (readonly [string, unknown])[]): ReadonlyMap<string, unknown> {
  return new Map(members.filter(([, value]) => value !== undefined));
}

function text(template: Template): string {
  return printParts(template.parts);
}

function json(value: JsonTemplate): unknown {
  switch (value.kind) {
    case "literal":
      return JSON.parse(value.json) as unknown;
    case "string":
      return text(value.template);
    case "array":
      return value.items.map(json);
    case "object":
      return map(value.members.map(([name, member]) => [text(name), json(member)]));
  }
}

function headers(list: RequestTemplate["headers"]): unknown {
  return list.length === 0 ? undefined : map(list.map(([name, value]) => [name, text(value)]));
}

function key(template: KeyTemplate | null | undefined): unknown {
  if (template === undefined || template === null) return template ?? undefined;
  return map([
    ["value", text(template.value)],
    ["syntax", template.syntax ?? undefined],
    ["header", template.header],
  ]);
}

function body(request: RequestTemplate): readonly (readonly [string, unknown])[] {
  switch (request.body?.kind) {
    case undefined:
      return [];
    case "json":
      return [["json", json(request.body.json)]];
    case "text":
      return [["text", text(request.body.text)]];
    case "form":
      return [["form", map(request.body.fields.map(([name, value]) => [name, text(value)]))]];
    case "file":
      return [["bytesFrom", request.body.path]];
  }
}

function request(template: RequestTemplate): readonly (readonly [string, unknown])[] {
  return [
    ["request", `${template.method} ${text(template.path)}`],
    ["idempotencyKey", key(template.idempotencyKey)],
    ["ifMatch", template.ifMatch === null ? undefined : text(template.ifMatch)],
    ["headers", headers(template.headers)],
    ...body(template),
  ];
}

function capture(each: Capture): readonly [string, unknown] {
  const from =
    each.from.kind === "header"
      ? `header ${each.from.name}`
      : each.from.kind === "json"
        ? each.from.path
        : each.from.kind;
  return [
    each.name,
    each.regex === null
      ? from
      : map([
          ["from", from],
          ["regex", each.regex],
        ]),
  ];
}

function matcher(value: ValueMatcher): unknown {
  if (value.kind === "equals") return json(value.value);
  return value.kind === "regex" ? `/${value.source}/` : value.kind;
}

/** Inside a race steps are written without the race's own id. */
function shortId(id: string): string {
  return id.replace(/^.*\//, "");
}

function expectation(each: Expectation): readonly [string, unknown] {
  switch (each.what) {
    case "status":
      return [each.negated ? "not" : "status", each.any];
    case "header":
      return ["headers", map([[each.name, matcher(each.matcher)]])];
    case "json":
      return ["json", map([[each.path, matcher(each.matcher)]])];
    case "replayOf":
      return ["replayOf", each.step];
    case "attempts":
      return ["attempts", each.statuses];
    case "statuses":
      return ["statuses", map(each.counts.map(([status, count]) => [String(status), count]))];
    case "error":
      return ["error", each.error];
    case "executed":
      return ["executed", each.executed];
    case "cause":
      return [
        "cause",
        each.certainty === null
          ? each.cause
          : map([
              ["id", each.cause],
              ["certainty", each.certainty],
            ]),
      ];
    case "raceStatuses":
    case "invariant":
      throw new Error("these stand on a race");
  }
}

function mutation(each: Mutation): unknown {
  switch (each.kind) {
    case "patch":
      return map([["patch", json(each.operations)]]);
    case "reserialize":
      return map([["reserialize", each.form]]);
    case "set": {
      const { set } = each;
      return map([
        [
          "set",
          map([
            ["method", set.method],
            ["path", set.path === undefined ? undefined : text(set.path)],
            ["idempotencyKey", set.idempotencyKey === null ? null : key(set.idempotencyKey)],
            ["ifMatch", set.ifMatch === undefined || set.ifMatch === null ? set.ifMatch : text(set.ifMatch)],
            ["header", map(set.headers.map(([name, value]) => [name, value === null ? null : text(value)]))],
          ]),
        ],
      ]);
    }
  }
}

function retry(each: SendingStep["retry"]): unknown {
  if (each === null) return undefined;
  const { backoff } = each;
  return map([
    ["on", each.on],
    ["max", each.max],
    [
      "backoff",
      map([
        ["initial", formatDuration(backoff.initialMs)],
        ["factor", backoff.factor],
        ["max", formatDuration(backoff.maxMs)],
        ["jitter", backoff.jitter],
      ]),
    ],
    ["respectRetryAfter", each.respectRetryAfter],
    ["reread", each.reread === null ? undefined : shortId(each.reread)],
    ["newKey", each.newKey],
  ]);
}

function options(step: SendingStep): readonly (readonly [string, unknown])[] {
  return [
    ["capture", step.captures.length === 0 ? undefined : map(step.captures.map(capture))],
    ["expect", step.expectations.length === 0 ? undefined : map(step.expectations.map(expectation))],
    ["retry", retry(step.retry)],
    ["times", step.times],
    ["timeout", step.timeoutMs === null ? undefined : formatDuration(step.timeoutMs)],
    ["abort", typeof step.abort === "number" ? formatDuration(step.abort) : (step.abort ?? undefined)],
    ["as", step.as ?? undefined],
    ["auth", step.auth === "valid" ? undefined : step.auth],
    ["fault", step.fault ?? undefined],
  ];
}

function release(each: Release): string {
  switch (each.kind) {
    case "staggered":
      return `staggered ${formatDuration(each.everyMs)}`;
    case "offsets":
      return `offsets [${each.offsetsMs.map(formatDuration).join(", ")}]`;
    default:
      return each.kind;
  }
}

function innerStep(step: SendingStep): unknown {
  const written = new Map(writeStep(step) as ReadonlyMap<string, unknown>);
  written.delete("times");
  return written;
}

function raceExpect(step: RaceStep): unknown {
  const statuses = step.expectations.flatMap((each) =>
    each.what === "raceStatuses"
      ? [[shortId(each.step), map(each.counts.map(([status, count]) => [String(status), count]))] as const]
      : [],
  );
  const invariants = step.expectations.flatMap((each) => (each.what === "invariant" ? [each.invariant] : []));
  if (step.expectations.length === 0) return undefined;
  return map([
    ["statuses", statuses.length === 0 ? undefined : map(statuses)],
    ["invariants", invariants.length === 0 ? undefined : invariants],
  ]);
}

function race(step: RaceStep): unknown {
  const lanes = step.writers.map((steps) => map([["steps", steps.map(innerStep)]]));
  return map([
    ["writers", step.alike ? step.writers.length : undefined],
    ["release", release(step.release)],
    ["vars", step.variables.length === 0 ? undefined : map(step.variables.map(variable))],
    ["exclusive", step.exclusive],
    step.alike ? ["steps", step.writers[0]?.map(innerStep)] : ["lanes", lanes],
  ]);
}

function writeStep(step: Step): unknown {
  switch (step.kind) {
    case "race":
      return map([
        ["id", step.id],
        ["race", race(step)],
        ["expect", raceExpect(step)],
      ]);
    case "request":
      return map([["id", shortId(step.id)], ...request(step.request), ...options(step)]);
    case "repeat":
      return map([
        ["id", shortId(step.id)],
        ["repeat", shortId(step.of)],
        ["mutate", step.mutations.length === 0 ? undefined : step.mutations.map(mutation)],
        ...options(step),
      ]);
    case "wait":
      return map([
        ["id", step.id],
        ["wait", formatDuration(step.durationMs)],
      ]);
    case "compare":
      return map([
        ["id", step.id],
        ["compare", step.steps],
      ]);
  }
}

function variable({ name, value, ask }: Scenario["variables"][number]): readonly [string, unknown] {
  const mock = value === null ? undefined : json(value);
  return [
    name,
    ask === null
      ? mock
      : map([
          ["mock", mock],
          ["ask", ask],
        ]),
  ];
}

function policy(choice: Scenario["policy"]): unknown {
  if (choice === null || choice.kind === "inline") return undefined;
  return choice.kind === "preset" ? choice.name : choice.path;
}

/** The file that says what a scenario says, as maps and lists. Inline policies belong to another room. */
export function writeScenario(scenario: Scenario): unknown {
  const list = (steps: readonly Step[]): unknown => (steps.length === 0 ? undefined : steps.map(writeStep));
  return map([
    ["name", scenario.name],
    ["description", scenario.description],
    ["tags", scenario.tags],
    ["policy", policy(scenario.policy)],
    ["seed", scenario.seed ?? undefined],
    ["vars", map(scenario.variables.map(variable))],
    ["world", scenario.world === null ? undefined : json(scenario.world)],
    [
      "defaults",
      scenario.defaultTimeoutMs === null
        ? undefined
        : map([["timeout", formatDuration(scenario.defaultTimeoutMs)]]),
    ],
    ["setUp", list(scenario.setUp)],
    ["steps", scenario.steps.map(writeStep)],
    [
      "effects",
      scenario.effects === null
        ? undefined
        : map([...request(scenario.effects.request), ["count", scenario.effects.count]]),
    ],
    ["cleanUp", list(scenario.cleanUp)],
  ]);
}
