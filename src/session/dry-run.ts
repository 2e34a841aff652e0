import { readFileSync } from "node:fs";
import { formatDuration } from "../core/duration.js";
import type { HeaderList } from "../core/http.js";
import { printable } from "../core/printable.js";
import { seededRandom } from "../core/random.js";
import { createRedactor, type Redactor } from "../core/redact.js";
import { VERSION } from "../core/version.js";
import { evaluateJson } from "../plan/evaluate-template.js";
import { materialise, withHeader } from "../plan/materialise.js";
import { mutate } from "../plan/mutate.js";
import {
  type MaterialRequest,
  MissingValue,
  type PlannedStep,
  RefusedRequest,
  type Scope,
} from "../plan/plan.js";
import { resolveInside } from "./load-files.js";
import type { ReadyScenario } from "./run-scenario.js";
import type { SessionOptions } from "./session.js";

function mockName({ at }: { readonly at?: string }): string {
  return at === undefined ? "the embedded mock" : `the mock at ${at}`;
}

/** Where requests to the embedded mock would go; it is not started for a dry run. */
const MOCK_URL = "http://mock.invalid";

function later(name: string): string {
  return `<${name}>`;
}

/** A scope whose later values are their names in angle brackets. */
function dryScope(ready: ReadyScenario, options: SessionOptions): Scope {
  const { scenario } = ready.plan;
  const random = seededRandom(options.seed ?? scenario.seed ?? 1, "run");
  const values = new Map<string, unknown>();
  const scope: Scope = {
    variable: (name) => values.get(name) ?? later(name),
    capture: (step, name) => later(`${step}.${name}`),
    env: (name) => later(`env.${name}`),
    uuid: random.uuid,
    now: () => later("now"),
    encode: (value) => (/^<.*>$/.test(value) ? value : encodeURIComponent(value)),
    readFile: (path) =>
      readFileSync(
        resolveInside(ready.loaded.folder ?? ".", path, { file: scenario.file, line: 1, column: 1 }),
      ),
    baseUrl: options.target.kind === "mock" ? MOCK_URL : options.target.baseUrl,
    userAgent: `gcidem/${VERSION}`,
  };
  for (const { name, value, ask } of scenario.variables) {
    const given = options.given.get(name);
    const asked = ask !== null && options.target.kind !== "mock";
    if (given !== undefined) values.set(name, given);
    else if (value !== null && !asked) values.set(name, JSON.parse(evaluateJson(value, scope)));
  }
  return scope;
}

function* requestLines(
  request: MaterialRequest,
  { redactor, extra }: { readonly redactor: Redactor; readonly extra: HeaderList },
): Generator<string> {
  const headers = extra.reduce((all, [name, value]) => withHeader(all, name, value), request.headers);
  const url = request.url.replace(/%3C([\w.]+)%3E/g, "<$1>");
  yield `${request.method} ${url}`;
  for (const [name, value] of redactor.headers(headers)) yield `${name}: ${value}`;
  if (request.body !== null) yield redactor.text(Buffer.from(request.body).toString("utf8"));
}

function repeatsOf({ step }: PlannedStep): string {
  if (step.kind === "wait" || step.kind === "compare") return "";
  const times = step.times > 1 ? `, ${step.times} times` : "";
  return step.retry === null ? times : `${times}, up to ${step.retry.max + 1} attempts`;
}

function* stepLines(planned: PlannedStep, makeLines: () => Iterable<string>): Generator<string> {
  const { step, section } = planned;
  if (step.kind === "compare") return;
  if (step.kind === "wait") {
    yield `  ${step.id}: wait ${formatDuration(step.durationMs)}\n`;
    return;
  }
  yield `  ${section === "steps" ? "" : `${section} `}${step.id}${repeatsOf(planned)}\n`;
  for (const line of makeLines()) yield `      ${printable(line)}\n`;
}

/** Prints every request of a scenario as it would be sent, later values as `<read.etag>`. Sends nothing. */
export function* describePlan(ready: ReadyScenario, options: SessionOptions): Generator<string> {
  const { scenario, steps } = ready.plan;
  const scope = dryScope(ready, options);
  const redactor = createRedactor();
  const made = new Map<string, MaterialRequest>();
  const target = options.target.kind === "mock" ? mockName(options.target) : options.target.baseUrl;
  yield `DRY RUN, nothing is sent   ${printable(scenario.name)}   ${scenario.file} -> ${target}\n`;
  for (const planned of steps) {
    yield* stepLines(planned, () => {
      const { step } = planned;
      if (step.kind === "wait" || step.kind === "compare") return [];
      try {
        const base = step.kind === "repeat" ? made.get(step.of) : undefined;
        const request =
          step.kind === "request"
            ? materialise(step.request, scope)
            : base && mutate(base, step.mutations, scope);
        if (request === undefined)
          return [`(what ${step.kind === "repeat" ? step.of : step.id} would send is not known yet)`];
        made.set(step.id, request);
        return requestLines(request, { redactor, extra: options.headers });
      } catch (error) {
        if (error instanceof RefusedRequest || error instanceof MissingValue) return [`(${error.message})`];
        throw error;
      }
    });
  }
}
