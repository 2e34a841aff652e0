import { GcidemError } from "../core/errors.js";
import { checkKeys } from "./check-keys.js";
import { checkRegister } from "./check-register.js";
import type { CheckOptions, Operation, Verdict } from "./history.js";
import { toRegister } from "./register.js";

const DEFAULT_BUDGET_MS = 1_000;

/** A search visits some hundred points a millisecond; counted instead of timed, so that equal histories have equal verdicts. */
const STEPS_PER_MS = 100;

function byResource(operations: readonly Operation[]): readonly (readonly Operation[])[] {
  const resources = new Map<string | undefined, Operation[]>();
  for (const operation of operations) {
    const known = resources.get(operation.resource);
    if (known === undefined) resources.set(operation.resource, [operation]);
    else known.push(operation);
  }
  return [...resources.values()];
}

/** Which of the steps that follow have anything to do. */
interface Survey {
  readonly jumped: boolean;
  readonly keyed: boolean;
  readonly ofOneResource: boolean;
}

/** Callers need not be written in TypeScript. Null: nothing is wrong. */
function wrongIn(operation: Operation): string | null {
  if (typeof operation !== "object" || operation === null) return `found ${operation}, expected an object`;
  const { call, ret, kind, ok } = operation;
  if (typeof call !== "number" || Number.isNaN(call)) return `found call ${call}, expected milliseconds`;
  if ((ret ?? null) !== null && (typeof ret !== "number" || Number.isNaN(ret)))
    return `found ret ${ret}, expected milliseconds, or null where no answer came`;
  if (kind !== "read" && kind !== "write" && kind !== "cas")
    return `found kind ${kind}, expected read, write or cas`;
  return ok === null || typeof ok === "boolean" ? null : `found ok ${ok}, expected true, false or null`;
}

/** Looks once at each operation: reading a million of them from memory takes longer than judging them. */
function survey(operations: readonly Operation[]): Survey {
  const resource = operations[0]?.resource;
  let [jumped, keyed, ofOneResource] = [false, false, true];
  for (const operation of operations) {
    const wrong = wrongIn(operation);
    if (wrong !== null) throw new GcidemError("usage", `operation ${operation?.id}: ${wrong}`);
    jumped ||= isBackwards(operation);
    keyed ||= operation.key !== undefined;
    ofOneResource &&= operation.resource === resource;
  }
  return { jumped, keyed, ofOneResource };
}

/** A clock that went backwards: neither instant of such an operation can be believed. */
function isBackwards({ call, ret }: Operation): boolean {
  return ret !== null && ret < call;
}

function withoutTimes(operation: Operation): Operation {
  return isBackwards(operation)
    ? { ...operation, call: Number.NEGATIVE_INFINITY, ret: Number.POSITIVE_INFINITY }
    : operation;
}

function combine(verdicts: readonly Verdict[]): Verdict {
  const anomalies = verdicts.flatMap((verdict) => verdict.anomalies);
  if (anomalies.length > 0) return { result: "violated", anomalies, reason: null };
  return (
    verdicts.find(({ result }) => result === "unknown") ?? { result: "held", anomalies: [], reason: null }
  );
}

/**
 * Decides from what clients saw whether a server kept its resources and its keys in order: is there an order of all
 * operations that agrees with what each was answered and when (linearizability of a register with compare-and-set)?
 * Each violation comes with the operations that prove it. Pure.
 *
 * @throws GcidemError `usage` for an operation that is none
 * @example
 * const by = { kind: "cas", ok: true, expected: "1" } as const;
 * checkHistory([
 *   { id: "a", process: 1, call: 0, ret: 5, version: "2", ...by },
 *   { id: "b", process: 2, call: 1, ret: 6, version: "3", ...by },
 * ]).anomalies[0]?.name; // "lost-update"
 */
export function checkHistory(operations: readonly Operation[], options: CheckOptions = {}): Verdict {
  const { exclusive = true, shared, initial, budgetMs = DEFAULT_BUDGET_MS } = options;
  const { jumped, keyed, ofOneResource } = survey(operations);
  const keys = keyed ? checkKeys(operations, options) : { anomalies: [], operations };
  const believed = jumped ? keys.operations.map(withoutTimes) : keys.operations;
  const steps = Math.ceil(budgetMs * STEPS_PER_MS);
  const resources = ofOneResource ? [believed] : byResource(believed);
  const verdicts = resources.map((each) =>
    checkRegister(toRegister(each, initial), {
      exclusive: exclusive && shared?.has(each[0]?.resource ?? "") !== true,
      steps,
    }),
  );
  const found = combine([
    { result: keys.anomalies.length > 0 ? "violated" : "held", anomalies: keys.anomalies, reason: null },
    ...verdicts,
  ]);
  if (found.result !== "held" || !jumped) return found;
  return { result: "unknown", anomalies: [], reason: "the clock of this history went backwards" };
}
