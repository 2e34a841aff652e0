import type { TargetProfile } from "../config/config.js";
import { formatDuration } from "../core/duration.js";
import type { HeaderList } from "../core/http.js";
import { printable } from "../core/printable.js";
import { createRedactor, type Redactor } from "../core/redact.js";
import { withHeader } from "../plan/materialise.js";
import type { MaterialRequest, PlannedStep } from "../plan/plan.js";
import { documentedFacts } from "../platform/documented-facts.js";
import type { RaceStep, Release, SendingStep } from "../scenario/scenario.js";
import { askedRequest } from "./ask-platform.js";
import { profileLines } from "./dry-profile.js";
import { type DrySender, dryRequest } from "./dry-requests.js";
import { dryScope, dryWriterScope } from "./dry-scope.js";
import { leaveReason } from "./needs-leave.js";
import { redactionOf } from "./redaction-of.js";
import type { ReadyScenario } from "./run-scenario.js";
import type { SessionOptions } from "./session.js";
import { tellPlan } from "./tell-plan.js";

function mockName({ at }: { readonly at?: string }): string {
  return at === undefined ? "the embedded mock" : `the mock at ${at}`;
}

interface Sender extends DrySender {
  readonly redactor: Redactor;
  readonly extra: HeaderList;
  readonly onMock: boolean;
  readonly profile: TargetProfile | null;
}

function requestLines(
  step: SendingStep,
  request: MaterialRequest,
  { redactor, extra, profile }: Sender,
): readonly string[] {
  const headers = extra.reduce((all, [name, value]) => withHeader(all, name, value), request.headers);
  const url = request.url.replace(/%3C([\w.]+)%3E/g, "<$1>");
  return [
    `${request.method} ${url}`,
    ...redactor.headers(headers).map(([name, value]) => `${name}: ${value}`),
    ...(profile === null ? [] : profileLines(profile, headers, { url: request.url, auth: step.auth })),
    ...(request.body === null ? [] : [redactor.text(Buffer.from(request.body).toString("utf8"))]),
  ];
}

/** What the vendor documents of it, which no run against the mock would show. */
function documentedLines(request: MaterialRequest, { onMock, extra }: Sender): readonly string[] {
  return documentedFacts(askedRequest(request, { onMock, extra })).map(
    ({ fact, source }) => `documented, not tested: ${fact} (${source.name})`,
  );
}

/** What a step would send, or why that is not known. */
function sentLines(step: SendingStep, sender: Sender): readonly string[] {
  const request = dryRequest(step, sender);
  if (typeof request === "string") return [`(${request})`];
  return [...requestLines(step, request, sender), ...documentedLines(request, sender)];
}

function repeatsOf(step: SendingStep): string {
  const times = step.times > 1 ? `, ${step.times} times` : "";
  return step.retry === null ? times : `${times}, up to ${step.retry.max + 1} attempts`;
}

function releaseText(release: Release): string {
  switch (release.kind) {
    case "together":
      return "released together";
    case "as-ready":
      return "each as soon as it is ready";
    case "staggered":
      return `released ${formatDuration(release.everyMs)} apart`;
    case "offsets":
      return `released after ${release.offsetsMs.map(formatDuration).join(", ")}`;
  }
}

/** Writers whose requests are shown; the others send the like, or are lanes of a race that nobody reads to its end. */
const SHOWN = { alike: 2, lanes: 20 } as const;

function* raceLines(race: RaceStep, outer: Sender): Generator<string> {
  const count = race.writers.length;
  yield `  ${race.id}: race of ${count} writers, ${releaseText(race.release)}\n`;
  let before = "";
  for (const [writer, steps] of race.writers.slice(0, race.alike ? SHOWN.alike : SHOWN.lanes).entries()) {
    const scope = dryWriterScope(race, writer, outer.scope);
    const sender: Sender = { ...outer, scope, made: new Map(outer.made) };
    const text = steps
      .map((step) => {
        const lines = sentLines(step, sender).map((line) => `        ${printable(line)}\n`);
        return `      ${step.id}${repeatsOf(step)}\n${lines.join("")}`;
      })
      .join("");
    if (text === before)
      return yield `    ${count === 2 ? "writer 1" : `writers 1 to ${count - 1}`}: the same\n`;
    yield `    writer ${writer}\n${text}`;
    before = text;
  }
  const left = count - (race.alike ? SHOWN.alike : SHOWN.lanes);
  if (left > 0) yield `    ... and ${left} more ${race.alike ? "alike" : "lanes"}\n`;
}

function* stepLines({ step, section }: PlannedStep, sender: Sender): Generator<string> {
  if (step.kind === "compare") return;
  if (step.kind === "race") return yield* raceLines(step, sender);
  if (step.kind === "wait") {
    yield `  ${step.id}: wait ${formatDuration(step.durationMs)}\n`;
    return;
  }
  yield `  ${section === "steps" ? "" : `${section} `}${step.id}${repeatsOf(step)}\n`;
  for (const line of sentLines(step, sender)) yield `      ${printable(line)}\n`;
}

function roundsText({ rounds }: SessionOptions): string {
  if (rounds === null) return "";
  return rounds.untilConflict ? `   up to ${rounds.most} rounds` : `   ${rounds.most} rounds`;
}

/** What the writes come to on a real server. */
function* toldLines(ready: ReadyScenario, options: SessionOptions): Generator<string> {
  const lines = tellPlan(ready, options, []);
  if (lines.length === 0) return;
  yield "  what it writes (--read-only reads first, and says what is there)\n";
  for (const line of lines) yield `      ${printable(line)}\n`;
}

/** Prints every request of a scenario as it would be sent, later values as `<read.etag>`. Sends nothing. */
export function* describePlan(ready: ReadyScenario, options: SessionOptions): Generator<string> {
  const { scenario, steps } = ready.plan;
  const sender: Sender = {
    scope: dryScope(ready.loaded, options),
    made: new Map(),
    redactor: createRedactor(redactionOf(options, scenario)),
    extra: options.headers,
    onMock: options.target.kind === "mock",
    profile: options.target.kind === "profile" ? options.target.profile : null,
  };
  const target = options.target.kind === "mock" ? mockName(options.target) : options.target.baseUrl;
  const where = `${printable(scenario.name)}   ${printable(scenario.file)} -> ${printable(target)}`;
  yield `DRY RUN, nothing is sent   ${where}${roundsText(options)}\n`;
  for (const planned of steps) yield* stepLines(planned, sender);
  if (leaveReason(options, ready.plan) !== null) yield* toldLines(ready, options);
}
