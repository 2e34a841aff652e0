import { requestIdentity } from "../../compare/request-identity.js";
import type { Exchange } from "../../journal/journal.js";
import type { ReportStep, RunSection } from "../report.js";
import { outcomeOf, toneOf } from "./answer-words.js";
import type { ExchangeCells } from "./table-row.js";

/** What later requests of a run are measured by: the last request of each step. */
interface LastRequest {
  readonly identity: string;
  readonly method: string;
  readonly url: string;
}

/** Turns exchanges into cells, in the order of the run. */
export interface CellMaker {
  readonly cellsOf: (exchange: Exchange, number: number) => ExchangeCells;
}

type Sameness = Pick<ExchangeCells, "mark" | "again">;

function compareWith(base: LastRequest | undefined, now: LastRequest, name: string): Sameness {
  if (base === undefined) return { mark: null, again: null };
  if (base.identity === now.identity) return { mark: "=", again: name };
  const elsewhere = base.method !== now.method || base.url !== now.url;
  return { mark: "~", again: elsewhere ? null : name };
}

/** Writers of a race try again each for itself. */
function senderOf({ step, writer }: Exchange): string {
  return writer === null ? step : `${step} ${writer}`;
}

/** Method and target are the row's subject; the target's own address is said once, at the top. */
function pathOf(url: string, baseUrl: string): string {
  if (!url.startsWith(baseUrl)) return url;
  const path = url.slice(baseUrl.length);
  return path === "" ? "/" : path;
}

function labelOf(exchange: Exchange, step: ReportStep | undefined): string {
  const section = step?.section === "setUp" || step?.section === "cleanUp" ? ` (${step.section})` : "";
  const attempt = exchange.attempt > 1 ? ` (${exchange.attempt})` : "";
  return exchange.step + section + attempt;
}

/** Milliseconds with as many digits as matter. */
export function formatMs(durationMs: number): string {
  return durationMs < 100 ? durationMs.toFixed(1) : String(Math.round(durationMs));
}

/** How long an answer took; of a request that was held back, from its release. Null without an end. Pure. */
export function durationOf({ timings }: Exchange): number | null {
  const { startMs, releasedMs, endMs } = timings;
  return endMs === null ? null : Math.max(0, endMs - (releasedMs ?? startMs));
}

/** Makes the cells of one run's exchanges. Memory grows with the steps and writers, not with the exchanges. */
export function createCellMaker(run: RunSection): CellMaker {
  const steps = new Map(run.steps.map((step) => [step.id, step]));
  const bases = new Set(Object.values(run.storedAnswers));
  const numbers = new Map<string, number>();
  const lastRequests = new Map<string, LastRequest>();

  const sameness = (exchange: Exchange, now: LastRequest): Sameness => {
    if (exchange.attempt > 1) {
      return compareWith(lastRequests.get(senderOf(exchange)), now, `attempt ${exchange.attempt - 1}`);
    }
    const of = steps.get(exchange.step)?.of ?? null;
    return of === null ? { mark: null, again: null } : compareWith(lastRequests.get(of), now, of);
  };
  const cellsOf = (exchange: Exchange, number: number): ExchangeCells => {
    if (bases.has(exchange.id)) numbers.set(exchange.id, number);
    const { method, url } = exchange.request;
    const now = { identity: requestIdentity(exchange.request), method, url };
    const same = sameness(exchange, now);
    lastRequests.set(senderOf(exchange), now);
    const durationMs = durationOf(exchange);
    return {
      number,
      last: number,
      step: labelOf(exchange, steps.get(exchange.step)),
      ...same,
      method,
      path: pathOf(url, run.target.baseUrl),
      key: exchange.idempotencyKey,
      ifMatch: exchange.ifMatch,
      status: outcomeOf(exchange),
      tone: toneOf(exchange),
      stored: numbers.get(run.storedAnswers[exchange.id] ?? "") ?? null,
      etag: exchange.etag,
      version: exchange.version === null ? null : String(exchange.version),
      ms: durationMs === null ? null : formatMs(durationMs),
    };
  };
  return { cellsOf };
}
