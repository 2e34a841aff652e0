import { isWrite } from "../core/http.js";
import type { MaterialRequest } from "../plan/plan.js";
import type { Outcome } from "../transport/transport.js";
import type { OnExchange } from "./exchange-sender.js";

/** The last exchange of a clean-up step. */
interface LastExchange {
  readonly id: string;
  readonly request: MaterialRequest;
  readonly outcome: Outcome;
}

/** What a round did that may have to be undone. */
export interface Ledger {
  /** A new round: nothing of the last one counts. */
  readonly begin: () => void;
  readonly onExchange: OnExchange;
  /** Notes why a step was left out. */
  readonly left: (step: string, reason: string) => void;
  /** True where a step's request may have done something, answered or not. */
  readonly acted: (step: string) => boolean;
  /** True where a write outside of clean-up may have done something. */
  readonly wrote: () => boolean;
  readonly lastOf: (step: string) => LastExchange | null;
  readonly reasonOf: (step: string) => string | null;
  /** True where a step of the round was left out. */
  readonly hasLeft: () => boolean;
  /** The credentials that the last request carried, for a command that needs the like. */
  readonly authorization: () => string | null;
}

/** A refusal changes nothing; no answer, or one that tells of the server's own trouble, may hide a change. */
function mayHaveActed(outcome: Outcome): boolean {
  if (outcome.kind === "response") return outcome.status < 400 || outcome.status >= 500;
  return outcome.timings.sentMs !== null || outcome.timings.releasedMs !== null;
}

/** Opens the ledger of a run. It grows with the scenario, not with its requests. `cleanUp`: ids of its clean-up steps. */
export function openLedger(cleanUp: ReadonlySet<string>): Ledger {
  const acted = new Set<string>();
  const last = new Map<string, LastExchange>();
  const reasons = new Map<string, string>();
  let wrote = false;
  let authorization: string | null = null;
  return {
    begin: () => {
      for (const each of [acted, last, reasons]) each.clear();
      wrote = false;
    },
    onExchange: ({ id, step, request }, outcome) => {
      const header = request.headers.find(([name]) => name.toLowerCase() === "authorization");
      if (header !== undefined) authorization = header[1];
      if (cleanUp.has(step)) last.set(step, { id, request, outcome });
      if (!mayHaveActed(outcome)) return;
      acted.add(step);
      const names = request.headers.map(([name]) => name);
      if (!cleanUp.has(step) && isWrite(request.method, names)) wrote = true;
    },
    left: (step, reason) => {
      reasons.set(step, reason);
    },
    acted: (step) => acted.has(step),
    wrote: () => wrote,
    lastOf: (step) => last.get(step) ?? null,
    reasonOf: (step) => reasons.get(step) ?? null,
    hasLeft: () => reasons.size > 0,
    authorization: () => authorization,
  };
}
