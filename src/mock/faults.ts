import { type Random, seededRandom } from "../core/random.js";
import type { ArmedFault } from "../core/target.js";
import type { FaultRule, RoutePolicy } from "../policy/policy.js";
import { matchesRoute } from "../policy/route-policy.js";
import { messageOf, type Refusal } from "./refusal.js";

/** What goes wrong with one request. */
export type Fault = Pick<FaultRule, "kind" | "forMs" | "status">;

/** Chooses the fault of each request. */
export interface Faults {
  readonly arm: (fault: ArmedFault) => void;
  /** The next request is this step's. */
  readonly announce: (step: string) => void;
  /** The armed fault if there is one, else the first rule that hits; null for none. Counts the request. */
  readonly take: (method: string, path: string, policy: RoutePolicy) => Fault | null;
}

/** What an armed fault has besides its kind: as a policy's fault without `for` and `status`. */
const ARMED = { forMs: 1_000, status: 503 } as const;

function toFault(kind: string): Fault {
  // The scenario's schema and the policy's have let only kinds through that there are.
  return { kind: kind as FaultRule["kind"], ...ARMED };
}

function hits(rule: FaultRule, seen: number, random: Random): boolean {
  if (rule.on.nth !== null && rule.on.nth !== seen) return false;
  return rule.probability >= 1 || random.fraction() < rule.probability;
}

/** Starts with nothing armed and nothing counted. A rule for a step hits nothing where no run announces its steps. */
export function createFaults(seed: number): Faults {
  const random = seededRandom(seed, "faults");
  const armed: Fault[] = [];
  const seen = new Map<FaultRule, number>();
  let announced: string | null = null;
  const fits = (rule: FaultRule, method: string, path: string): boolean =>
    (rule.on.step === null || rule.on.step === announced) &&
    (rule.on.route === null || matchesRoute(rule.on.route, method, path));
  return {
    arm: ({ kind }) => {
      armed.push(toFault(kind));
    },
    announce: (step) => {
      announced = step;
    },
    take: (method, path, policy) => {
      let hit: Fault | null = null;
      for (const rule of policy.faults) {
        if (!fits(rule, method, path)) continue;
        const count = (seen.get(rule) ?? 0) + 1;
        seen.set(rule, count);
        if (hit === null && hits(rule, count, random)) hit = rule;
      }
      announced = null;
      return armed.shift() ?? hit;
    },
  };
}

const CODES: Readonly<Record<number, readonly [code: string, message: string]>> = {
  500: [
    "internal.server.error",
    "The server encountered an unexpected condition which prevented it from fulfilling the request.",
  ],
  503: [
    "service.unavailable",
    "Service Unavailable - The server is currently unavailable (because it is overloaded or down for maintenance).",
  ],
  504: ["request.timeout", "The request timed out."],
};

/** The answer of a server that failed; `executed` says whether it had done the work. Pure. */
export function failure(status: number, executed: boolean): Refusal {
  const [code, message] = CODES[status] ?? ["internal.server.error", "The server failed."];
  const reason = executed ? "a fault after the effect" : "a fault before the effect";
  return { status, code, message, cause: "unexplained", reason };
}

/** A refusal although nothing had moved, in the very words of one that is due. Pure. */
export function spuriousConflict(policy: RoutePolicy): Refusal {
  const { status } = policy.concurrency.stale;
  const code = status === 412 ? "precondition.failed" : "general.conflict";
  const message = messageOf(code, "The version supplied does not match the current version of the resource");
  return { status, code, message, cause: "spurious-conflict", reason: "a fault: nothing had moved" };
}
