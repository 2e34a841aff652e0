import { formatPosition, GcidemError } from "../core/errors.js";
import { type HeaderList, isWrite, METHOD_OVERRIDE_HEADERS } from "../core/http.js";
import { tryParseJson } from "../core/json.js";
import { isLoopbackHost } from "../core/loopback.js";
import { isSending, sendingSteps } from "../plan/build-plan.js";
import type { MaterialRequest, RunPlan } from "../plan/plan.js";
import type {
  JsonTemplate,
  Mutation,
  RequestTemplate,
  SendingStep,
  Step,
  Template,
} from "../scenario/scenario.js";
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

interface Known {
  readonly method: string;
  readonly path: string;
  readonly headers: HeaderList;
  /** Member names that the body has at its top, as far as they are literal. */
  readonly members: readonly string[];
}

/** Members by which a participant's or communication's PATCH ends or changes a live call. */
const LIVE_CALL_MEMBERS = ["state", "held", "muted", "confined", "recording", "wrapup"];
const LIVE_CALL_PATH = /\/(participants|communications)\//;
const REPLACING_PATH = /\/(replace|transfer|consulttransfer|consult)(\/|$)/;

/** Stands in literal text for what only the run can fill in. */
const LATER = "\u0000";

function literalText(template: Template): string {
  return template.parts.map((part) => (typeof part === "string" ? part : LATER)).join("");
}

function literalHeaders(headers: readonly (readonly [string, Template | null])[]): HeaderList {
  return headers.flatMap(([name, value]) => (value === null ? [] : [[name, literalText(value)] as const]));
}

function topMembers(json: JsonTemplate): readonly string[] {
  return json.kind === "object" ? json.members.map(([name]) => literalText(name)) : [];
}

function knownOf(request: RequestTemplate): Known {
  const { body } = request;
  const text = body?.kind === "text" ? literalText(body.text) : "";
  const members = LIVE_CALL_MEMBERS.filter((member) => text.includes(`"${member}"`));
  return {
    method: request.method,
    path: literalText(request.path),
    headers: literalHeaders(request.headers),
    members: body?.kind === "json" ? topMembers(body.json) : members,
  };
}

/** Members that a patch may add: the first token of each operation's literal path. */
function patchedMembers(operations: JsonTemplate): readonly string[] {
  const text = JSON.stringify(operations);
  return LIVE_CALL_MEMBERS.filter((member) => text.includes(`/${member}`) || text.includes(`"${member}"`));
}

function mutated(known: Known, mutation: Mutation): Known {
  if (mutation.kind === "patch")
    return { ...known, members: [...known.members, ...patchedMembers(mutation.operations)] };
  if (mutation.kind === "reserialize") return known;
  const { method, path, headers } = mutation.set;
  return {
    ...known,
    method: method ?? known.method,
    path: path === undefined ? known.path : literalText(path),
    headers: [...known.headers, ...literalHeaders(headers)],
  };
}

function knownOfStep(step: SendingStep, plan: RunPlan): Known | null {
  if (step.kind === "request") return knownOf(step.request);
  const base = plan.stepById.get(step.of);
  const known = base === undefined ? null : knownOfStep(base, plan);
  return known === null ? null : step.mutations.reduce(mutated, known);
}

/** The method that a server may take a request for; an override that is not known yet may be the worst one. */
function meantMethod(method: string, headers: HeaderList): string {
  const override = headers.find(([name]) => METHOD_OVERRIDE_HEADERS.includes(name.toLowerCase()))?.[1];
  if (override === undefined) return method;
  return override.includes(LATER) ? "DELETE" : override.trim().toUpperCase();
}

function destructiveReason({ method, path, headers, members }: Known): string | null {
  if (method === "DELETE" || meantMethod(method, headers) === "DELETE") return "DELETE removes something";
  const [pathname = ""] = path.split("?");
  if (REPLACING_PATH.test(pathname)) return "a replace or transfer moves a live conversation";
  if (!LIVE_CALL_PATH.test(pathname) || pathname.endsWith("/attributes")) return null;
  const member = LIVE_CALL_MEMBERS.find((each) => members.includes(each));
  return member === undefined ? null : `"${member}" changes a live call`;
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

/** A plain loopback address is the user's own machine: no leave is needed as long as no real credentials are in play. */
function needsLeave(options: SessionOptions, plan: RunPlan | null): boolean {
  if (options.target.kind === "mock") return false;
  const credentials =
    (plan !== null && plan.scenario.envNames.length > 0) ||
    options.headers.some(([name]) => /^(authorization|cookie)$|key|token/i.test(name));
  return credentials || !isLoopbackHost(new URL(options.target.baseUrl).hostname);
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
  if (allowWrites || !needsLeave(options, plan)) return;
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
  const leave = needsLeave(options, plan);
  for (const write of plannedWrites(plan, options.headers)) {
    const outside =
      safety.only.length > 0 && !safety.only.some((prefix) => mayStartWith(write.pathStart, prefix));
    if (outside) throw refuse(write, "outside --only", `allowed are ${safety.only.join(", ")}`);
    if (!leave) continue;
    if (!safety.allowWrites) {
      const hint = "look at the plan with --dry-run; then give leave with --allow-writes";
      throw refuse(write, "a write to a real server needs leave", hint);
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
  return needsLeave(options, null);
}

/** True where a person should be asked before writes leave: they go to a real server. Pure. */
export function asksBeforeWriting(plan: RunPlan, options: SessionOptions): boolean {
  return (
    !options.safety.readOnly && needsLeave(options, plan) && plannedWrites(plan, options.headers).length > 0
  );
}

/** Members at the top of a body that was made, whatever form it has. */
function sentMembers(request: MaterialRequest): readonly string[] {
  const text = request.body === null ? "" : Buffer.from(request.body).toString("utf8");
  const node = tryParseJson(text);
  if (node !== null) return node.kind === "object" ? node.members.map(([name]) => name) : [];
  return [...new URLSearchParams(text).keys()];
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
  const leave = needsLeave(options, plan);
  return (request) => {
    const headers = [...request.headers, ...options.headers];
    if (!isWrite(request.method, namesOf(headers))) return null;
    if (safety.readOnly) return "it is a write, and --read-only sends none";
    if (!leave) return null;
    if (!safety.allowWrites) return "a write to a real server needs --allow-writes";
    if (safety.allowDestructive) return null;
    const { method, url } = request;
    const path = new URL(url).pathname;
    const reason = destructiveReason({ method, path, headers, members: sentMembers(request) });
    return reason === null ? null : `${reason}, which needs --allow-destructive`;
  };
}
