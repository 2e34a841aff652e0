import { formatPosition, GcidemError } from "../core/errors.js";
import { type HeaderList, headerValue, isPlainRead, isWrite } from "../core/http.js";
import { type JsonNode, tryParseJson } from "../core/json.js";
import { isSending, sendingSteps } from "../plan/build-plan.js";
import type { MaterialRequest, RunPlan } from "../plan/plan.js";
import { findTemplates } from "../scenario/find-templates.js";
import type {
  BodyTemplate,
  JsonTemplate,
  Mutation,
  RequestTemplate,
  SendingStep,
  Step,
  Template,
} from "../scenario/scenario.js";
import { destructiveReason, type KnownRequest, LATER, liveCallMembersIn } from "./destructive.js";
import { leaveReason } from "./needs-leave.js";
import type { SessionOptions } from "./session.js";

/** A write that a plan contains, as far as it can be known before the run. */
export interface PlannedWrite {
  readonly step: SendingStep;
  /** How often it is sent in one round: by each writer of a race, or as often as `times` says. Retries come on top. */
  readonly count: number;
  readonly method: string;
  /** The path up to its first template. */
  readonly pathStart: string;
  /** Why it needs `--allow-destructive`; null where it does not. */
  readonly destructive: string | null;
}

function literalText(template: Template): string {
  return template.parts.map((part) => (typeof part === "string" ? part : LATER)).join("");
}

function literalHeaders(headers: readonly (readonly [string, Template | null])[]): HeaderList {
  return headers.flatMap(([name, value]) => (value === null ? [] : [[name, literalText(value)] as const]));
}

function topMembers(json: JsonTemplate): readonly string[] {
  if (json.kind === "array") return json.items.flatMap(topMembers);
  return json.kind === "object" ? json.members.map(([name]) => literalText(name)) : [];
}

function namesIn(node: JsonNode): readonly string[] {
  if (node.kind === "object") return node.members.map(([name]) => name);
  return node.kind === "array" ? node.items.flatMap(namesIn) : [];
}

function namesInText(text: string): readonly string[] {
  const node = tryParseJson(text);
  if (node !== null) return namesIn(node);
  return [...liveCallMembersIn(text), ...new URLSearchParams(text).keys()];
}

/** What a body sets as far as the file says; what a template or another file puts in is judged when it is sent. */
function bodyMembers(body: BodyTemplate): readonly string[] {
  if (body.kind === "json") return topMembers(body.json);
  if (body.kind === "text") return namesInText(literalText(body.text));
  return body.kind === "form" ? body.fields.map(([name]) => name) : [];
}

function knownOf(request: RequestTemplate): KnownRequest {
  const { body } = request;
  return {
    method: request.method,
    path: literalText(request.path),
    headers: literalHeaders(request.headers),
    members: body === null ? [] : bodyMembers(body),
  };
}

/** Members that a patch may add, whatever place it adds them in. */
function patchedMembers(operations: JsonTemplate): readonly string[] {
  return liveCallMembersIn([...findTemplates(operations)].map(literalText).join(" "));
}

function mutated(known: KnownRequest, mutation: Mutation): KnownRequest {
  if (mutation.kind === "patch")
    return { ...known, members: [...(known.members ?? []), ...patchedMembers(mutation.operations)] };
  if (mutation.kind === "reserialize") return known;
  const { method, path, headers } = mutation.set;
  return {
    ...known,
    method: method ?? known.method,
    path: path === undefined ? known.path : literalText(path),
    headers: [...known.headers, ...literalHeaders(headers)],
  };
}

function knownOfStep(step: SendingStep, plan: RunPlan): KnownRequest | null {
  if (step.kind === "request") return knownOf(step.request);
  const base = plan.stepById.get(step.of);
  const known = base === undefined ? null : knownOfStep(base, plan);
  return known === null ? null : step.mutations.reduce(mutated, known);
}

function namesOf(headers: HeaderList): readonly string[] {
  return headers.map(([name]) => name);
}

/** How often the steps that a step sends are sent in one round. */
function countOf(step: Step): number {
  if (step.kind === "race") return step.alike ? step.writers.length : 1;
  return isSending(step) ? step.times : 0;
}

function plannedWrite(
  step: SendingStep,
  count: number,
  { plan, extra }: { readonly plan: RunPlan; readonly extra: HeaderList },
): readonly PlannedWrite[] {
  const own = knownOfStep(step, plan);
  const known = own === null ? null : { ...own, headers: [...extra, ...own.headers] };
  if (known === null || !isWrite(known.method, namesOf(known.headers))) return [];
  const pathStart = known.path.split(LATER)[0] ?? "";
  return [{ step, count, method: known.method, pathStart, destructive: destructiveReason(known) }];
}

/** All writes of a plan, in order. `extra` are headers that every request carries besides its own. Pure. */
export function plannedWrites(plan: RunPlan, extra: HeaderList): readonly PlannedWrite[] {
  return plan.steps.flatMap(({ step }) =>
    sendingSteps(step).flatMap((sent) => plannedWrite(sent, countOf(step), { plan, extra })),
  );
}

/** How many writes a run sends, without retries: of all rounds, and no more than the budget allows. Pure. */
export function countWrites(
  plans: readonly RunPlan[],
  { headers, rounds, maxRequests }: Pick<SessionOptions, "headers" | "rounds" | "maxRequests">,
): number {
  const all = plans.map((plan) => {
    const once = plannedWrites(plan, headers).reduce((sum, { count }) => sum + count, 0);
    return Math.min(once * (rounds?.most ?? 1), maxRequests ?? Number.POSITIVE_INFINITY);
  });
  return all.reduce((sum, count) => sum + count, 0);
}

function refuse(write: PlannedWrite, why: string, hint: string): GcidemError {
  const where = `${formatPosition(write.step.at)} step ${write.step.id}`;
  return new GcidemError(
    "refused",
    `${where}: ${write.method} ${write.pathStart}: ${why}; nothing was sent`,
    { hint },
  );
}

/**
 * What confirms a cause is known only once something was refused: leave for it is asked for before.
 * @throws GcidemError `usage` or `refused`
 */
export function checkConfirm(plan: RunPlan | null, options: SessionOptions): void {
  const { allowWrites, readOnly } = options.safety;
  if (readOnly)
    throw new GcidemError("usage", "--confirm sends writes, and --read-only sends none; nothing was sent", {
      hint: "give one of them",
    });
  if (allowWrites || leaveReason(options, plan) === null) return;
  throw new GcidemError(
    "refused",
    "--confirm sends refused writes again, and to a real server that needs leave; nothing was sent",
    { hint: "give leave with --allow-writes, or confirm on the mock" },
  );
}

/**
 * Judges a plan's writes before anything is sent.
 * @throws GcidemError `refused` for the first write that lacks leave.
 */
export function checkWrites(plan: RunPlan, options: SessionOptions): void {
  const { safety } = options;
  if (options.confirm !== undefined) checkConfirm(plan, options);
  if (safety.readOnly) return;
  const reason = leaveReason(options, plan);
  for (const write of plannedWrites(plan, options.headers)) {
    const outside =
      safety.only.length > 0 && !safety.only.some((prefix) => mayStartWith(write.pathStart, prefix));
    if (outside) throw refuse(write, "outside --only", `allowed are ${safety.only.join(", ")}`);
    if (reason === null) continue;
    if (!safety.allowWrites) {
      const hint = "look at the plan with --dry-run; then give leave with --allow-writes";
      throw refuse(write, `a write to a real server needs leave: ${reason}`, hint);
    }
    if (write.destructive !== null && !safety.allowDestructive) {
      throw refuse(write, write.destructive, "give leave with --allow-destructive");
    }
  }
}

/** The literal start may end before the prefix does; then only the run can tell, and judges again. */
function mayStartWith(pathStart: string, prefix: string): boolean {
  return pathStart.startsWith(prefix) || prefix.startsWith(pathStart);
}

/** True where a person should be asked before a recording is confirmed. Pure. */
export function asksBeforeConfirming(options: SessionOptions): boolean {
  return leaveReason(options, null) !== null;
}

/** True where a person should be asked before writes leave: they go to a real server. Pure. */
export function asksBeforeWriting(plan: RunPlan, options: SessionOptions): boolean {
  return (
    !options.safety.readOnly &&
    leaveReason(options, plan) !== null &&
    plannedWrites(plan, options.headers).length > 0
  );
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Names that a body which was made sets at its top, whatever form it has; null where it cannot be read. */
function sentMembers({ body, headers }: MaterialRequest): readonly string[] | null {
  if (body === null) return [];
  const text = headerValue(headers, "content-encoding") === null ? textOf(body) : null;
  return text === null ? null : namesInText(text);
}

/**
 * The last gate before a request leaves: judges it once all of it is known, since a template or a file may have put in
 * what the plan did not show. Gives why the request may not be sent; null where it may. Pure.
 */
export function requestGate(
  plan: RunPlan,
  options: SessionOptions,
): (request: MaterialRequest) => string | null {
  const { safety } = options;
  const leave = leaveReason(options, plan) !== null;
  return (request) => {
    const headers = [...request.headers, ...options.headers];
    if (safety.readOnly)
      return isPlainRead(request.method, namesOf(headers)) ? null : "--read-only sends only GET and HEAD";
    if (!isWrite(request.method, namesOf(headers))) return null;
    if (!leave) return null;
    if (!safety.allowWrites) return "a write to a real server needs --allow-writes";
    if (safety.allowDestructive) return null;
    const { method, url } = request;
    const path = new URL(url).pathname;
    const reason = destructiveReason({ method, path, headers, members: sentMembers(request) });
    return reason === null ? null : `${reason}, which needs --allow-destructive`;
  };
}
