import { formatPosition, GcidemError } from "../core/errors.js";
import { isWrite } from "../core/http.js";
import { isLoopbackHost } from "../core/loopback.js";
import { isSending } from "../plan/build-plan.js";
import type { RunPlan } from "../plan/plan.js";
import type { JsonTemplate, Mutation, RequestTemplate, SendingStep, Template } from "../scenario/scenario.js";
import type { SessionOptions } from "./session.js";

/** A write that a plan contains, as far as it can be known before the run. */
export interface PlannedWrite {
  readonly step: SendingStep;
  readonly method: string;
  /** The path up to its first template. */
  readonly pathStart: string;
  /** Why it needs `--allow-destructive`; null where it does not. */
  readonly destructive: string | null;
}

interface Known {
  readonly method: string;
  readonly path: Template;
  readonly headerNames: readonly string[];
  /** Member names that the body has at its top, as far as they are literal. */
  readonly members: readonly string[];
}

/** Members by which a participant's or communication's PATCH ends or changes a live call. */
const LIVE_CALL_MEMBERS = ["state", "held", "muted", "confined", "recording", "wrapup"];
const LIVE_CALL_PATH = /\/(participants|communications)\//;
const REPLACING_PATH = /\/(replace|transfer|consulttransfer|consult)(\/|$)/;

function literalText(template: Template): string {
  return template.parts.map((part) => (typeof part === "string" ? part : "\u0000")).join("");
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
    path: request.path,
    headerNames: request.headers.map(([name]) => name),
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
    path: path ?? known.path,
    headerNames: [
      ...known.headerNames,
      ...headers.flatMap(([name, value]) => (value === null ? [] : [name])),
    ],
  };
}

function knownOfStep(step: SendingStep, plan: RunPlan): Known | null {
  if (step.kind === "request") return knownOf(step.request);
  const base = plan.stepById.get(step.of);
  const known = base === undefined ? null : knownOfStep(base, plan);
  return known === null ? null : step.mutations.reduce(mutated, known);
}

function destructiveReason(known: Known, path: string): string | null {
  if (known.method === "DELETE") return "DELETE removes something";
  if (REPLACING_PATH.test(path)) return "a replace or transfer moves a live conversation";
  if (!LIVE_CALL_PATH.test(path) || path.endsWith("/attributes")) return null;
  const member = LIVE_CALL_MEMBERS.find((each) => known.members.includes(each));
  return member === undefined ? null : `"${member}" changes a live call`;
}

/** All writes of a plan, in order. Pure. */
export function plannedWrites(plan: RunPlan): readonly PlannedWrite[] {
  return plan.steps.flatMap(({ step }) => {
    const known = isSending(step) ? knownOfStep(step, plan) : null;
    if (!isSending(step) || known === null || !isWrite(known.method, known.headerNames)) return [];
    const path = literalText(known.path);
    const pathStart = path.split("\u0000")[0] ?? "";
    return [{ step, method: known.method, pathStart, destructive: destructiveReason(known, path) }];
  });
}

/** A plain loopback address is the user's own machine: no leave is needed as long as no real credentials are in play. */
function needsLeave(options: SessionOptions, plan: RunPlan): boolean {
  if (options.target.kind === "mock") return false;
  const credentials =
    plan.scenario.envNames.length > 0 ||
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
 * Judges a plan's writes before anything is sent.
 * @throws GcidemError `refused` for the first write that lacks leave.
 */
export function checkWrites(plan: RunPlan, options: SessionOptions): void {
  const { safety } = options;
  if (safety.readOnly) return;
  const leave = needsLeave(options, plan);
  for (const write of plannedWrites(plan)) {
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

/** True where a person should be asked before writes leave: they go to a real server. Pure. */
export function asksBeforeWriting(plan: RunPlan, options: SessionOptions): boolean {
  return !options.safety.readOnly && needsLeave(options, plan) && plannedWrites(plan).length > 0;
}
